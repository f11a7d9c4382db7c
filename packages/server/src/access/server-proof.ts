import { createHmac } from 'node:crypto';
import { proofMessage, type SocketEnd } from '@slipway/contract';
import type { SecretFile } from './ports.ts';
import { newSecret } from './secret.ts';

/** Proves to those who can read the data folder that the caller reached its server: HMAC-SHA256, hex. */
export type ServerProof = (challenge: string, reachedAt: SocketEnd) => string;

/** Writes a new key, so that one that was read while an earlier server ran proves nothing any more. */
export async function renewServerProof(file: SecretFile): Promise<ServerProof> {
  const { secret } = newSecret('proof');
  await file.write(secret);
  return (challenge, reachedAt) =>
    createHmac('sha256', secret).update(proofMessage(challenge, reachedAt)).digest('hex');
}
