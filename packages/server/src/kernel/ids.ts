import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_DIGITS = 10;
const COUNT_DIGITS = 3;
const RANDOM_DIGITS = 13;
const LARGEST_COUNT = 32 ** COUNT_DIGITS - 1;
const ID_PART = new RegExp(`^[${ALPHABET}]{26}$`);

/** The millisecond of the last id of this process, and how many were made in it. */
let last = { time: -1, made: 0 };

/**
 * A new id: a prefix, 48 bits of time in milliseconds, 15 bits that count the ids this process made in that millisecond
 * and 65 random bits, Crockford base 32 (the layout of a ULID). Ids of one process sort by creation, those of several
 * by the millisecond. Example: `job_01k2q…`.
 */
export function newId(prefix: string, now: number = Date.now()): string {
  last = { time: now, made: now === last.time ? Math.min(last.made + 1, LARGEST_COUNT) : 0 };
  let tail = '';
  for (const byte of randomBytes(RANDOM_DIGITS)) tail += ALPHABET[byte & 31];
  return `${prefix}_${digits(now, TIME_DIGITS)}${digits(last.made, COUNT_DIGITS)}${tail}`;
}

/** A whole number of 0 or more in base 32, with leading zeros. */
function digits(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32))
    text = ALPHABET[rest % 32]! + text;
  return text;
}

/** Whether `text` is an id as {@link newId} makes them with this prefix. */
export function isId(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && ID_PART.test(text.slice(prefix.length + 1));
}
