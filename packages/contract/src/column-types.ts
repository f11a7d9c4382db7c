import type { ReadOptions } from './ingest-nouns.ts';

export type ColumnTypes = NonNullable<ReadOptions['types']>;

/** The words that people use for the types of columns. */
const TYPES = new Map<string, ColumnTypes[string]>([
  ['number', 'number'],
  ['int', 'number'],
  ['integer', 'number'],
  ['float', 'number'],
  ['double', 'number'],
  ['boolean', 'boolean'],
  ['bool', 'boolean'],
  ['timestamp', 'timestamp'],
  ['date', 'timestamp'],
  ['datetime', 'timestamp'],
  ['string', 'string'],
  ['text', 'string'],
  ['category', 'string'],
]);

/**
 * Types of columns as people write them: `zip:string,day:date`. The type follows the last colon, so that a name may hold one; a
 * part without a colon belongs to the name behind it, which may hold a comma.
 *
 * `wrong` is the first part that says no type.
 */
export function parseColumnTypes(text: string): { types: ColumnTypes } | { wrong: string } {
  const types = new Map<string, ColumnTypes[string]>();
  let name = '';
  for (const part of text.split(',')) {
    const whole = `${name}${part}`;
    name = '';
    if (!part.includes(':')) {
      name = `${whole},`;
      continue;
    }
    const cut = whole.lastIndexOf(':');
    const column = whole.slice(0, cut).trim();
    const type = TYPES.get(
      whole
        .slice(cut + 1)
        .trim()
        .toLowerCase(),
    );
    if (type === undefined || column === '') return { wrong: whole.trim() };
    types.set(column, type);
  }
  return name === '' ? { types: Object.fromEntries(types) } : { wrong: name.slice(0, -1).trim() };
}
