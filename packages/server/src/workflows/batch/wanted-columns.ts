import { fail, type SlipwayError } from '@slipway/contract';
import type { Column, StoredColumn, Table } from '../../stages/ingest/index.ts';
import type { InputColumn } from '../../stages/prepare/index.ts';
import { cellText } from '../jobs/cells.ts';

/** A column that the model takes, and that of the rows by its name. */
export type Matched = { input: InputColumn; column: StoredColumn };

/**
 * The model's columns among those of the rows; others are kept but not used. Throws `predict.missing-column` for one that
 * may not be missing, or when there is none at all.
 */
export function matchColumns(inputs: readonly InputColumn[], columns: readonly StoredColumn[]): Matched[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const matched = inputs.flatMap((input) => {
    const column = byName.get(input.name);
    if (column !== undefined) return [{ input, column }];
    if (!input.nullable) throw missing(input.name, input.name);
    return [];
  });
  const [first] = inputs;
  if (matched.length === 0 && first !== undefined) throw missing(first.name, first.name);
  return matched;
}

/** The columns of the rows in the types that the model takes. */
export function asWanted(matched: readonly Matched[], table: Table): Table {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return { rows: table.rows, columns: matched.map(({ input }) => converted(input, byName.get(input.name)!)) };
}

/** Numbers are written as text for a model that takes words; truth is a number and, where it is 0 or 1, the other way round. */
function converted({ name, type }: InputColumn, column: Column): Column {
  if (type === column.type) return column;
  if (type === 'string') return asText(column);
  const values =
    column.type === 'string' ? new Float64Array(column.codes.length).fill(Number.NaN) : column.values;
  return { name, type, values };
}

function asText(column: Column): Column {
  if (column.type === 'string') return column;
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(column.values, (_, row) => {
    const text = cellText(column, row);
    if (text === null) return -1;
    const code = codeOf.get(text) ?? codeOf.size;
    codeOf.set(text, code);
    return code;
  });
  return { name: column.name, type: 'string', codes, dictionary: [...codeOf.keys()] };
}

/** Whether something of the column may not be what the model takes, so that every row has to be looked at. */
export function isDoubtful({ input, column }: Matched): boolean {
  return (
    !input.nullable ||
    !(input.type === column.type || input.type === 'string' || isTruthAsNumber(input, column))
  );
}

function isTruthAsNumber(input: InputColumn, column: StoredColumn): boolean {
  return input.type === 'number' && column.type === 'boolean';
}

/**
 * Throws `predict.missing-column` or `predict.wrong-type` about the first row whose cell the model does not take; `from` is
 * the place of the column's first row.
 */
export function checkColumn(input: InputColumn, column: Column, from: number): void {
  const at = (row: number) => `rows[${from + row}].${input.name}`;
  const isMissing =
    column.type === 'string'
      ? (row: number) => column.codes[row]! < 0
      : (row: number) => Number.isNaN(column.values[row]!);
  const fits = fitOf(input, column);
  const rows = column.type === 'string' ? column.codes.length : column.values.length;
  for (let row = 0; row < rows; row++) {
    if (isMissing(row)) {
      if (!input.nullable) throw missing(input.name, at(row));
    } else if (!fits(row)) {
      const details = {
        column: input.name,
        expected: input.type,
        found: column.type === 'string' ? 'string' : column.type,
      };
      throw fail('predict.wrong-type', details, { path: at(row) });
    }
  }
}

/** Of a column of text that should hold something else, the words that are to blame are those that do not look like it. */
function fitOf({ type }: InputColumn, column: Column): (row: number) => boolean {
  if (type === column.type || type === 'string') return () => true;
  if (column.type === 'string') {
    const looks = column.dictionary.map(LOOKS_LIKE[type]);
    const isAny = looks.some((one) => !one);
    return (row) => isAny && looks[column.codes[row]!]!;
  }
  if (type === 'number') return () => column.type === 'boolean';
  return (row) =>
    type === 'boolean' && column.type === 'number' && (column.values[row] === 0 || column.values[row] === 1);
}

const LOOKS_LIKE: Record<Exclude<InputColumn['type'], 'string'>, (word: string) => boolean> = {
  number: (word) => Number.isFinite(Number(word)),
  boolean: (word) => /^(?:true|false|0|1)$/i.test(word.trim()),
  timestamp: (word) => !Number.isNaN(Date.parse(word)),
};

function missing(column: string, path: string): SlipwayError {
  return fail('predict.missing-column', { column }, { path });
}
