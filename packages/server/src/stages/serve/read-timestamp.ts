import { parseTimestamp } from '../prepare/index.ts';

/** Epoch milliseconds of a timestamp as callers send it (ISO 8601 text); NaN when it is none. */
export function readTimestamp(text: string): number {
  return parseTimestamp(text) ?? Number.NaN;
}
