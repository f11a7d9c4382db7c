import { z } from 'zod';

export const nameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and hyphens')
  .describe('Lower-case letters, digits and hyphens, at most 63.');

export const timeSchema = z.iso.datetime().describe('UTC, ISO 8601');

/**
 * A moment that a caller gives to be kept. From 1970 on: the database gives years before 100 back as others (0001 as 2001), and no deadline
 * is so old.
 */
export const deadlineSchema = z.iso
  .datetime()
  .max(100)
  .refine((text) => Date.parse(text) >= 0, 'a time from 1970 on')
  .describe('UTC, ISO 8601, from 1970 on');

/** A moment that a caller gives. */
export const momentSchema = z
  .union([z.iso.datetime({ offset: true }).max(100), z.iso.date().max(10)], {
    error: 'a date (2026-03-29) or a time with its zone (2026-03-29T12:00:00Z)',
  })
  .describe('ISO 8601 with its zone; a date alone is its first moment in UTC');

/**
 * Control characters, line separators, and characters that change the direction of text: with them a name reads as another, or
 * as several lines of a log.
 */
const UNSHOWABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Whether the text is what a reader sees. */
export function isShowable(text: string): boolean {
  return !UNSHOWABLE.test(text);
}

/** A name or a remark that people read, in any language. */
export function shownTextSchema(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine(isShowable, 'text may not hold control characters or characters that change its direction');
}
