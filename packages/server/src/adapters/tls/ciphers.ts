/**
 * What a TLS connection may be encrypted with: forward secrecy and authenticated encryption, without CBC, SHA-1 and keys that RSA
 * carries. All of TLS 1.3, and of TLS 1.2 what clients of the last ten years speak.
 * Source: Mozilla's "intermediate" recommendation, without DHE.
 */
export const CIPHERS = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':');
