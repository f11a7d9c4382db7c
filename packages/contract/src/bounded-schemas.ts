import { z } from 'zod';

/** Parts of requests with the maximum that every operation gives them. What an operation takes without one fails its test. */

/** How many columns one request may name; a table has no more. */
export const MOST_COLUMNS = 10_000;

export const idSchema = z.string().min(1).max(200);

/** A column, as the dataset spells it. */
export const columnNameSchema = z.string().min(1).max(500);

export const columnNamesSchema = z.array(columnNameSchema).max(MOST_COLUMNS);

/** A flag of a query, such as `true`. */
export const flagSchema = z.string().max(20).pipe(z.stringbool());

/** Characters of a cell: no more fit in a body of the largest size, 16 MiB unless `http.maxBodyBytes` says otherwise. */
const MOST_CELL_CHARACTERS = 16 * 2 ** 20;

/** A value of a table that a caller sends, such as a free text. */
export const givenCellSchema = z.union([
  z.string().max(MOST_CELL_CHARACTERS),
  z.number(),
  z.boolean(),
  z.null(),
]);

/** A record of maximum number to list keys. */
export function recordOf<Key extends z.core.$ZodRecordKey, Value extends z.core.$ZodType>(
  key: Key,
  value: Value,
  mostKeys: number,
): z.ZodRecord<Key, Value> {
  return z
    .record(key, value)
    .refine((record) => Object.keys(record).length <= mostKeys, `give at most ${mostKeys} keys`)
    .meta({ maxProperties: mostKeys });
}

export type JsonBounds = {
  /** Lists and objects in each other. */
  depth: number;
  /** Values of all lists and objects together. */
  values: number;
  /** Characters of one text or key. */
  characters: number;
};

/** Any JSON within these bounds. */
export function boundedJson({ depth, values, characters }: JsonBounds): z.ZodUnknown {
  const says = `at most ${depth} levels, ${values} values and ${characters} characters a text`;
  return z
    .unknown()
    .refine((value) => fits(value, { depth, values, characters }), `give ${says}`)
    .describe(`Any JSON: ${says}`);
}

function fits(value: unknown, bounds: JsonBounds): boolean {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value === 'string' && next.value.length > bounds.characters) return false;
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth === bounds.depth) return false;
    const isList = Array.isArray(next.value);
    if (!isList && Object.keys(next.value).some((key) => key.length > bounds.characters)) return false;
    const inside: unknown[] = isList ? (next.value as unknown[]) : Object.values(next.value);
    seen += inside.length;
    if (seen > bounds.values) return false;
    for (const each of inside) waiting.push({ value: each, depth: next.depth + 1 });
  }
  return true;
}
