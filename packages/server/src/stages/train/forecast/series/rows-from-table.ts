import { type ColumnReading, fail } from '@slipway/contract';
import type { Column, Table } from '../../../ingest/index.ts';
import type { Covariate } from '../model.ts';
import { calendarsOf } from './calendars.ts';
import type { SeriesRows } from './series-rows.ts';

/** Which columns of a table hold what. Names may differ in case from the table's, since no two columns do. */
export type SeriesColumns = {
  target: string;
  time: string;
  /** The columns that together name a series; none for a table of one series. */
  series: readonly string[];
  /** Columns known in advance, such as holidays and prices. */
  known: readonly string[];
  exclude: readonly string[];
  /** For failures. */
  dataset: string;
  /** How each column was read, by name. */
  readings?: ReadonlyMap<string, ColumnReading>;
};

/** Categories at most of a column that tells series apart. */
const MOST_LEVELS = 250;
/** More series are refused. */
export const MOST_SERIES = 20_000;
/** From so many on they are not counted further before they are refused. */
const MOST_SERIES_COUNTED = 1_000_000;
const NAMES_LISTED = 20;
/** Of rows that do not say which series they belong to. */
const NO_SERIES = -1;

/** The names as the table has them, of all columns that a forecast reads. */
export type ResolvedColumns = Omit<SeriesColumns, 'dataset' | 'readings'>;

/**
 * The rows of a table as series. Columns that have one value in each series are static covariates; the others are left
 * out unless they are known in advance. Throws `forecast.column-missing`, `forecast.time-unreadable`,
 * `forecast.series-unreadable`, `target.not-numeric`.
 */
export function seriesRows(
  table: Table,
  asked: SeriesColumns,
): { rows: SeriesRows; columns: ResolvedColumns; says: string[] } {
  const { time, target, series, known } = usedColumns(table.columns, asked);
  if (target.type !== 'number') throw fail('target.not-numeric', { target: target.name }, { path: 'target' });
  series.forEach(refuseFractions);
  const { seriesOf, keys } = keysOf(series, table.rows);
  const taken = new Set([time, target, ...series, ...known].map(({ name }) => name));
  const left = table.columns.filter(({ name }) => !taken.has(name) && !asked.exclude.includes(name));
  const statics = keys.length > 1 ? left.filter((column) => isStatic(column, seriesOf, keys.length)) : [];
  const times = timesOf(time);
  const { calendars, says } = calendarsOf(time, asked.readings?.get(time.name));
  const isTime = time.type === 'timestamp' || calendars[0].digits !== undefined;
  return {
    says,
    rows: {
      times,
      unit: isTime ? 'time' : 'number',
      calendars,
      values: target.values,
      seriesOf,
      keys,
      covariates: [
        ...statics.flatMap((column) => covariateOf(column, 'static')),
        ...known.flatMap((column) => covariateOf(column, 'known')),
      ],
      timeColumn: time.name,
      target: target.name,
    },
    columns: {
      target: target.name,
      time: time.name,
      series: series.map(({ name }) => name),
      known: known.map(({ name }) => name),
      exclude: [...asked.exclude],
    },
  };
}

type Named = { name: string; type: Column['type'] };

/** The columns that a forecast is made of, among all. */
export type UsedColumns<C> = { time: C; target: C; series: C[]; known: C[] };

/**
 * The columns that a forecast is made of, of a table or of a schema. Throws `forecast.column-missing`, and by their types
 * `target.not-numeric` and `forecast.time-unreadable`.
 */
export function usedColumns<C extends Named>(columns: readonly C[], asked: SeriesColumns): UsedColumns<C> {
  const find = (name: string, path: string): C => {
    const exact = columns.find((column) => column.name === name);
    const found = exact ?? columns.find((column) => isSameName(column.name, name));
    if (found !== undefined) return found;
    const names = columns.slice(0, NAMES_LISTED).map((column) => column.name);
    const details = { column: name, dataset: asked.dataset, columns: names };
    throw fail('forecast.column-missing', details, { path });
  };
  const time = find(asked.time, 'time');
  const target = find(asked.target, 'target');
  const series = asked.series.map((name) => find(name, 'series'));
  const known = asked.known.map((name) => find(name, 'known'));
  if (target.type !== 'number') throw fail('target.not-numeric', { target: target.name }, { path: 'target' });
  refuseTimeOf(time);
  return { time, target, series, known };
}

/**
 * Tells of a column whether it is a static covariate of the series that these columns name: it has one value in each of them,
 * and not the same in all. Throws `forecast.series-unreadable`, `forecast.too-many-series`.
 */
export function staticTest(series: readonly Column[], rows: number): (column: Column) => boolean {
  series.forEach(refuseFractions);
  const { seriesOf, keys } = keysOf(series, rows);
  return (column) => keys.length > 1 && isStatic(column, seriesOf, keys.length);
}

export function tooManySeries(series: number) {
  return fail('forecast.too-many-series', { series, limit: MOST_SERIES }, { path: 'series' });
}

function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.trim().toLowerCase();
}

function timesOf(column: Column): Float64Array {
  if (column.type === 'string') throw unreadableTime(column, 'words');
  const isWhole = column.values.every((value) => Number.isNaN(value) || Number.isInteger(value));
  if (column.type === 'number' && !isWhole) throw unreadableTime(column, 'fractions');
  return column.values;
}

function refuseTimeOf(column: Named): void {
  if (column.type === 'string') throw unreadableTime(column, 'words');
  if (column.type === 'boolean') throw unreadableTime(column, 'yes and no');
}

function unreadableTime({ name }: Named, found: string) {
  return fail('forecast.time-unreadable', { column: name, found }, { path: 'time' });
}

/** Series are numbered in the order of their first rows. Throws `forecast.too-many-series` rather than run out of memory. */
function keysOf(columns: readonly Column[], rows: number): Pick<SeriesRows, 'seriesOf' | 'keys'> {
  const keys: (string | number)[][] = [];
  const numbers = new Map<string, number>();
  const seriesOf = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const key = columns.map((column) => keyPart(column, row));
    if (key.some((part) => Number.isNaN(part))) {
      seriesOf[row] = NO_SERIES;
      continue;
    }
    const text = JSON.stringify(key);
    let number = numbers.get(text);
    if (number === undefined) {
      number = keys.length;
      if (number === MOST_SERIES_COUNTED) throw tooManySeries(MOST_SERIES_COUNTED);
      numbers.set(text, number);
      keys.push(key);
    }
    seriesOf[row] = number;
  }
  return { seriesOf, keys };
}

/** Missing words are the empty one, a missing number is none. Dates and booleans are numbers. */
function keyPart(column: Column, row: number): string | number {
  if (column.type === 'string') return column.codes[row]! < 0 ? '' : column.dictionary[column.codes[row]!]!;
  return column.values[row]!;
}

/** Throws `forecast.series-unreadable` for numbers that name nothing. */
function refuseFractions(column: Column): void {
  if (column.type === 'string') return;
  if (column.values.every((value) => Number.isNaN(value) || Number.isSafeInteger(value))) return;
  throw fail('forecast.series-unreadable', { column: column.name }, { path: 'series' });
}

function isStatic(column: Column, seriesOf: Int32Array, series: number): boolean {
  if (column.type === 'timestamp') return false;
  const cells = column.type === 'string' ? column.codes : column.values;
  const first = new Array<number | undefined>(series);
  for (let row = 0; row < cells.length; row++) {
    if (seriesOf[row] === NO_SERIES) continue;
    const known = first[seriesOf[row]!];
    if (known === undefined) first[seriesOf[row]!] = cells[row]!;
    else if (!Object.is(known, cells[row]!)) return false;
  }
  return new Set(first).size > 1;
}

/** Columns of too many words are names, not categories. */
function covariateOf(column: Column, use: Covariate['use']): SeriesRows['covariates'] {
  if (column.type !== 'string') {
    return [{ covariate: { name: column.name, use, type: 'number', levels: [] }, values: column.values }];
  }
  const used = [...new Set(column.codes)].filter((code) => code >= 0);
  if (used.length === 0 || used.length > MOST_LEVELS) return [];
  const levels = used.map((code) => column.dictionary[code]!).toSorted();
  const codes = new Map(levels.map((level, code) => [level, code]));
  const values = Float64Array.from(column.codes, (code) =>
    code < 0 ? Number.NaN : codes.get(column.dictionary[code]!)!,
  );
  return [{ covariate: { name: column.name, use, type: 'category', levels }, values }];
}
