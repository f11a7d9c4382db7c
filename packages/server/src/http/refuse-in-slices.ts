import { isStream, type Operation } from '@slipway/contract';
import { refuseOversized } from './refuse-oversized.ts';
import { refuseUnkeepable } from './refuse-unkeepable.ts';
import { failureOf } from './validate-request.ts';

/** Entries of a list that are validated before others have a turn. */
const SLICE = 1000;

/**
 * Refuses a body for the first bad entry of its long lists, slice by slice, with turns for others in between: zod makes an issue of
 * every bad entry, which takes a second for 50,000. The validation of the whole body comes after it.
 */
export async function refuseInSlices(
  { body: schema, badBody: code = 'request.invalid', refuseBody }: Operation,
  body: unknown,
  nextTurn: () => Promise<void>,
): Promise<void> {
  if (schema === undefined || isStream(schema) || typeof body !== 'object' || body === null) return;
  const long = Object.entries(body).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > SLICE,
  );
  if (long.length === 0) return;
  refuseBody?.(body);
  refuseUnkeepable(body);
  refuseOversized(schema, body, code);
  const short = { ...body, ...Object.fromEntries(long.map(([key, list]) => [key, list.slice(0, SLICE)])) };
  for (const [key, list] of long) {
    for (let from = 0; from < list.length; from += SLICE) {
      const { error } = schema.safeParse({ ...short, [key]: list.slice(from, from + SLICE) });
      if (error !== undefined) throw failureOf(error, code, { key, from });
      await nextTurn();
    }
  }
}
