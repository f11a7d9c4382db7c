export { CIPHERS } from './ciphers.ts';
export { type CertificateFiles, type CertificatePair, readCertificate } from './read-certificate.ts';
export { createTlsFront } from './tls-front.ts';
