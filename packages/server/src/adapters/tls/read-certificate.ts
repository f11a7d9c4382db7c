import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { fail } from '@slipway/contract';

/** Paths of PEM files: the certificate with the chain behind it, and its key. */
export type CertificateFiles = { certificate: string; key: string };

/** What is in them. */
export type CertificatePair = { certificate: string; key: string };

/** Reads both and tries them. Throws `tls.invalid`: unreadable, no PEM, not of each other, or past its time. */
export async function readCertificate(files: CertificateFiles): Promise<CertificatePair> {
  const pair = { certificate: await readText(files.certificate), key: await readText(files.key) };
  try {
    createSecureContext({ cert: pair.certificate, key: pair.key });
  } catch (error) {
    const reason = `${files.certificate} and ${files.key} are no certificate with its key (${(error as Error).message})`;
    throw fail('tls.invalid', { reason }, { cause: error });
  }
  const { validTo } = new X509Certificate(pair.certificate);
  if (new Date(validTo).getTime() < Date.now())
    throw fail('tls.invalid', { reason: `${files.certificate} was valid until ${validTo}` });
  return pair;
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw fail('tls.invalid', { reason: `${path} cannot be read (${cause.code})` }, { cause });
  });
}
