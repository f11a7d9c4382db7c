import { type ColumnReading, fail, ownValue } from '@slipway/contract';
import { exactJson, shownValue } from '../../../kernel/index.ts';
import { type TextReader, textReader } from '../../../stages/ingest/index.ts';
import type { InputColumn, OtherColumn, RowColumns } from '../../../stages/prepare/index.ts';
import { type RawRow, type RawValue, unknownColumn } from '../../../stages/serve/index.ts';
import type { Frame } from './read-frame.ts';

/** A value made fit for a column; undefined where it does not fit. */
type Cast = (value: unknown) => RawValue | undefined;

type Casts = { names: string[]; inputs: { input: InputColumn; cast: Cast }[]; others: OtherCast[] };
type OtherCast = { name: string; cast: (value: unknown) => unknown };

/**
 * The rows of a frame, cast to the columns of the model as pandas does when MLflow casts them to a signature, text as it
 * is read in a file of the dataset: matched by name, or by place where there are no names. Columns of the dataset that
 * the model does not take are kept for the log; a column that the dataset never had is refused, but for one without a name,
 * as pandas writes its index. Throws `predict.wrong-type`, `predict.unknown-column`, `predict.column-spelling` and
 * `request.invalid`.
 */
export function castRows({ columns, rows }: Frame, known: RowColumns): RawRow[] {
  const { names, inputs, others } = castsOf(known);
  const refuseUnknown = unknownRefuser(names);
  for (const name of columns ?? []) refuseUnknown(name);
  const given = columns ?? inputs.map(({ input }) => input.name);
  const places = new Map(given.map((name, place) => [name, place]));
  return rows.map((row, i) => {
    if (typeof row !== 'object' || row === null)
      throw fail('request.invalid', { reason: 'a row is a list or an object of values' });
    const isList = Array.isArray(row);
    if (!isList) for (const name of Object.keys(row)) refuseUnknown(name, i);
    const cellNamed = (name: string) =>
      isList ? (row as unknown[])[places.get(name) ?? -1] : ownValue(row as Record<string, unknown>, name);
    const cells: [string, unknown][] = [];
    for (const { input, cast } of inputs) {
      const value = cellNamed(input.name);
      if (value !== undefined) cells.push([input.name, castInput(value, cast, input, i)]);
    }
    for (const { name, cast } of others) {
      const value = cellNamed(name);
      if (value !== undefined) cells.push([name, cast(value)]);
    }
    return Object.fromEntries(cells) as RawRow;
  });
}

/** Made once for the columns of a model. */
const CASTS = new WeakMap<RowColumns, Casts>();

function castsOf(known: RowColumns): Casts {
  const made = CASTS.get(known) ?? compileCasts(known);
  CASTS.set(known, made);
  return made;
}

function compileCasts({ inputs, others, missingWords }: RowColumns): Casts {
  return {
    names: [...inputs, ...others].map(({ name }) => name),
    inputs: inputs.map((input) => ({ input, cast: compileCast(input, missingWords) })),
    others: others.map((column) => {
      const cast = compileCast(column, missingWords);
      // Nothing depends on it, so what does not fit stays as it is.
      return { name: column.name, cast: (value) => cast(value) ?? value };
    }),
  };
}

/** How the text of a column of the type is read where the bundle does not tell. */
const USUAL_READINGS: Record<InputColumn['type'], ColumnReading> = {
  number: { as: 'number', decimal: '.', thousands: '' },
  boolean: { as: 'boolean' },
  string: { as: 'string' },
  timestamp: { as: 'string' },
};

function compileCast({ type, reading }: OtherColumn, missingWords: readonly string[]): Cast {
  const asRead = reading?.as === type && type !== 'timestamp' ? reading : USUAL_READINGS[type];
  return BY_TYPE[type](textReader(asRead, missingWords));
}

const BY_TYPE: Record<InputColumn['type'], (readText: TextReader) => Cast> = {
  number: (readText) => (value) => {
    if (typeof value === 'string') return readText(value);
    if (typeof value === 'bigint') return value;
    return typeof value === 'boolean' ? Number(value) : finite(value);
  },
  boolean: (readText) => (value) => {
    if (typeof value === 'string') return readText(value);
    return value === 1 || value === 0 ? value === 1 : booleanOf(value);
  },
  string: () => (value) => (typeof value === 'object' ? undefined : String(value)),
  timestamp: () => (value) => (typeof value === 'string' ? value : undefined),
};

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Refuses names that are no columns; each is looked at once. */
function unknownRefuser(names: readonly string[]): (name: string, row?: number) => void {
  const passed = new Set(['', ...names]);
  return (name, row) => {
    if (passed.has(name)) return;
    throw unknownColumn(name, names, (shown) =>
      row === undefined ? shown : `rows[${row}][${JSON.stringify(shown)}]`,
    );
  };
}

function castInput(value: unknown, cast: Cast, input: InputColumn, row: number): RawValue {
  if (value === null) return null;
  const made = cast(value);
  if (made !== undefined) return made;
  const found = typeof value === 'object' ? shownValue(value) : exactJson(value).slice(0, 100);
  const details = { column: input.name, expected: input.type, found };
  throw fail('predict.wrong-type', details, { path: `rows[${row}][${JSON.stringify(input.name)}]` });
}
