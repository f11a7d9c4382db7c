import { z } from 'zod';

export const nameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and hyphens')
  .describe('Lower-case letters, digits and hyphens, at most 63.');

export const timeSchema = z.iso.datetime().describe('UTC, ISO 8601');

/** A moment that a caller gives. */
export const momentSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'a date (2026-03-29) or a time with its zone (2026-03-29T12:00:00Z)',
  })
  .describe('ISO 8601 with its zone; a date alone is its first moment in UTC');
