import { fail, type SlipwayError } from '@slipway/contract';
import type { InputColumn } from '../prepare/index.ts';
import { readTimestamp } from './read-timestamp.ts';

/** A value as the encoder takes it: number (NaN is missing; booleans 0 and 1; timestamps epoch milliseconds), or text (null is missing). */
export type Cell = number | string | null;

/** Checks one row against the inputs and writes its cells, in the order of the inputs. `index` is for the path of a failure. */
export type RowReader = (row: unknown, index: number, cells: Cell[]) => void;

/**
 * Compiles the check of rows against the columns a model takes.
 *
 * A column that is absent or null is missing, which a nullable column may be. Text is never read as a number, nor a
 * number as text; 1e309, which JSON.parse makes Infinity, is no number.
 */
export function compileRowReader(inputs: readonly InputColumn[]): RowReader {
  const names = inputs.map((input) => input.name);
  const readers = inputs.map((input) => CELL_READERS[input.type]);
  const missing = inputs.map((input): Cell => (input.type === 'string' ? null : Number.NaN));
  // Names such as `constructor` would find what every object inherits; `in` and `[]` cannot be used on those.
  const inherited = names.map((name) => name in Object.prototype);
  const known = new Set(names);

  return (row, index, cells) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notARow(index);
    let present = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const value =
        inherited[i] && !Object.hasOwn(row, name) ? undefined : (row as Record<string, unknown>)[name];
      if (value !== undefined) present++;
      if (value === undefined || value === null) {
        if (!inputs[i]!.nullable) throw missingColumn(index, name);
        cells[i] = missing[i]!;
        continue;
      }
      const cell = readers[i]!(value);
      if (cell === undefined) throw wrongType(index, inputs[i]!, value);
      cells[i] = cell;
    }
    let sent = 0;
    for (const _ in row) sent++;
    if (sent !== present) throw unknownColumn(index, row, known);
  };
}

const CELL_READERS: Record<InputColumn['type'], (value: unknown) => Cell | undefined> = {
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  boolean: (value) => (typeof value === 'boolean' ? +value : undefined),
  string: (value) => (typeof value === 'string' ? value : undefined),
  timestamp: (value) => {
    if (typeof value !== 'string') return undefined;
    const time = readTimestamp(value);
    return Number.isNaN(time) ? undefined : time;
  },
};

const EXPECTED: Record<InputColumn['type'], string> = {
  number: 'finite number',
  boolean: 'boolean',
  string: 'string',
  timestamp: 'timestamp (ISO 8601 text)',
};

function notARow(index: number): SlipwayError {
  return fail(
    'request.invalid',
    { reason: 'a row is an object of column: value' },
    { path: `rows[${index}]` },
  );
}

function missingColumn(index: number, column: string): SlipwayError {
  return fail('predict.missing-column', { column }, { path: pathOf(index, column) });
}

function wrongType(index: number, input: InputColumn, value: unknown): SlipwayError {
  const details = { column: input.name, expected: EXPECTED[input.type], found: kindOf(value, input.type) };
  return fail('predict.wrong-type', details, { path: pathOf(index, input.name) });
}

/** A column is named by the caller here, so it is cut to a length that fits an answer. */
function unknownColumn(index: number, row: object, known: ReadonlySet<string>): SlipwayError {
  const column = Object.keys(row).find((key) => !known.has(key)) ?? '';
  const shown = column.length > 100 ? `${column.slice(0, 100)}…` : column;
  return fail('predict.unknown-column', { column: shown }, { path: pathOf(index, shown) });
}

function kindOf(value: unknown, expected: InputColumn['type']): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'number beyond double precision';
  if (typeof value === 'string' && expected === 'timestamp') return 'other text';
  return typeof value;
}

/** `rows[3].age`, or `rows[3]["total charges"]` where the name is no identifier. */
function pathOf(index: number, column: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(column)
    ? `rows[${index}].${column}`
    : `rows[${index}][${JSON.stringify(column)}]`;
}
