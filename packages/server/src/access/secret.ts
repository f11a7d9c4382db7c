import { createHash, randomBytes } from 'node:crypto';

export type Secret = { secret: string; prefix: string; hash: string };

const SECRET_BYTES = 32;
const SHOWN_CHARACTERS = 7;

/**
 * A new secret, `<kind>_` and 256 random bits, with what may be kept of it. A fast hash is enough for a secret that
 * nobody can guess.
 */
export function newSecret(kind = 'slip'): Secret {
  const secret = `${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, prefix: shownPart(secret), hash: hashSecret(secret) };
}

/** The part of a secret that may be shown: its kind and a few characters. */
export function shownPart(secret: string): string {
  return secret.slice(0, secret.indexOf('_') + 1 + SHOWN_CHARACTERS);
}

/** SHA-256 of a secret, hex. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
