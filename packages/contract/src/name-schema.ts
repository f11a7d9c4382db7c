import { z } from 'zod';

export const nameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and hyphens')
  .describe('Lower-case letters, digits and hyphens, at most 63.');

export const timeSchema = z.iso.datetime().describe('UTC, ISO 8601');
