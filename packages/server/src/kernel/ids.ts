import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_PART = new RegExp(`^[${ALPHABET}]{26}$`);

/**
 * A new id: a prefix, 48 bits of time in milliseconds and 80 random bits, Crockford base 32, so ids sort by
 * creation (the ULID layout). Example: `job_01k2q…`.
 */
export function newId(prefix: string, now: number = Date.now()): string {
  let time = now;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = ALPHABET[time % 32]! + head;
    time = Math.floor(time / 32);
  }
  let tail = '';
  for (const byte of randomBytes(16)) tail += ALPHABET[byte & 31];
  return `${prefix}_${head}${tail}`;
}

/** Whether `text` is an id as {@link newId} makes them with this prefix. */
export function isId(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && ID_PART.test(text.slice(prefix.length + 1));
}
