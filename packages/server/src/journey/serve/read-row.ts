import { fail, ownReader, type SlipwayError } from '@slipway/contract';
import { type InputColumn, parseTimestamp } from '../prepare/index.ts';

/** A checked value, as prepare's encoder takes it: null is missing, a timestamp is epoch milliseconds. */
export type Cell = number | string | boolean | null;

/** Checks one row against the inputs and writes its cells, in the order of the inputs. `index` is for the path of a failure. */
export type RowReader = (row: unknown, index: number, cells: Cell[]) => void;

/**
 * Compiles the check of rows against the columns a model takes.
 *
 * A column that is absent or null is missing, and so is empty text, as it is in every file; a nullable column may be
 * missing. Text is never read as a number, nor a
 * number as text; 1e309, which JSON.parse makes Infinity, is no number.
 */
export function compileRowReader(inputs: readonly InputColumn[], list = 'rows'): RowReader {
  const names = inputs.map((input) => input.name);
  const readers = inputs.map((input) => CELL_READERS[input.type]);
  const values = names.map(ownReader);
  const known = new Set(names);

  return (row, index, cells) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notARow(`${list}[${index}]`);
    let present = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const value = values[i]!(row as Record<string, unknown>);
      if (value !== undefined) present++;
      const cell = value === undefined || value === null ? null : readers[i]!(value);
      if (cell === undefined) throw wrongType(`${list}[${index}]`, inputs[i]!, value);
      if (cell === null && !inputs[i]!.nullable) throw missingColumn(`${list}[${index}]`, name);
      cells[i] = cell;
    }
    if (Object.keys(row).length !== present) throw unknownColumn(`${list}[${index}]`, row, known);
  };
}

/** The cell of a value that is there, or undefined when it is of another type. */
const CELL_READERS: Record<InputColumn['type'], (value: unknown) => Cell | undefined> = {
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  string: (value) => (typeof value === 'string' ? value || null : undefined),
  timestamp: (value) => (typeof value === 'string' ? (parseTimestamp(value) ?? undefined) : undefined),
};

const EXPECTED: Record<InputColumn['type'], string> = {
  number: 'finite number',
  boolean: 'boolean',
  string: 'string',
  timestamp: 'timestamp (ISO 8601 text)',
};

function notARow(path: string): SlipwayError {
  return fail('request.invalid', { reason: 'a row is an object of column: value' }, { path });
}

function missingColumn(at: string, column: string): SlipwayError {
  return fail('predict.missing-column', { column }, { path: pathOf(at, column) });
}

function wrongType(at: string, input: InputColumn, value: unknown): SlipwayError {
  const details = { column: input.name, expected: EXPECTED[input.type], found: kindOf(value, input.type) };
  return fail('predict.wrong-type', details, { path: pathOf(at, input.name) });
}

/** A column is named by the caller here, so it is cut to a length that fits an answer. */
function unknownColumn(at: string, row: object, known: ReadonlySet<string>): SlipwayError {
  const column = Object.keys(row).find((key) => !known.has(key)) ?? '';
  const shown = column.length > 100 ? `${column.slice(0, 100)}…` : column;
  return fail('predict.unknown-column', { column: shown }, { path: pathOf(at, shown) });
}

function kindOf(value: unknown, expected: InputColumn['type']): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'number beyond double precision';
  if (typeof value === 'string' && expected === 'timestamp') return 'other text';
  return typeof value;
}

/** `rows[3].age`, or `rows[3]["total charges"]` where the name is no identifier; `at` is the row's own path. */
export function pathOf(at: string, column: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(column) ? `${at}.${column}` : `${at}[${JSON.stringify(column)}]`;
}
