import { type Column, columnNamed, type Table } from '../../ingest/index.ts';
import type { ColumnReference, DayReference, NumberReference, WeekReference } from '../model.ts';
import type { RowTimes } from './column-time.ts';
import { weekdayOf } from './cycle-of-values.ts';

const DAYS = 7;
const DAY_MS = 86_400_000;
/** Without two weeks, a difference between two days of the week is one between two days. */
const LEAST_SPAN = 14 * DAY_MS;
/** A day of fewer rows tells nothing of its own. */
const LEAST_ROWS = 20;
/** Standard deviations beyond which days differ by more than chance: 1 time in 1,000. */
const BEYOND_CHANCE = 3.1;

/** The day of the week of each row, 0 … 6, or -1 where it is not known. */
export type WeekDays = Pick<WeekReference, 'column' | 'values'> & { of: Int8Array };

/** By the dates of the rows, else by the column of weekdays that has most of them; undefined where the table has neither. */
export function weekDays(
  table: Table,
  times: RowTimes | undefined,
  references: readonly Pick<ColumnReference, 'name' | 'time'>[],
): WeekDays | undefined {
  if (times?.dated && spanOf(times.times) >= LEAST_SPAN) return daysByDates(times.column, times.times);
  const named = references.flatMap(({ name, time }) => {
    const column = columnNamed(table, name);
    const weekly = column !== undefined && time?.follows === 'cycle' && time.days === DAYS;
    const values = weekly ? distinctTexts(column) : [];
    return values.length >= 2 && values.length <= DAYS + 1 ? [{ column: name, values }] : [];
  });
  const [best] = named.sort((a, b) => b.values.length - a.values.length);
  return best && { ...best, of: daysOfRows(best, table) };
}

/** The days of the rows of another table with the same columns. */
export function daysOfRows(
  { column, values }: Pick<WeekReference, 'column' | 'values'>,
  table: Table,
): Int8Array {
  const found = columnNamed(table, column);
  if (found === undefined) return new Int8Array(table.rows).fill(-1);
  if (values === undefined && found.type !== 'string') return daysByDates(column, found.values).of;
  const places = new Map(values?.map((value, day) => [value, day]));
  return Int8Array.from({ length: table.rows }, (_, row) => places.get(textAt(found, row) ?? '') ?? -1);
}

/** What differs among the days, of columns and of scores; undefined where nothing does. */
export function weekReference(
  days: WeekDays,
  columns: readonly { reference: ColumnReference; values: Column }[],
): WeekReference {
  const { column, values } = days;
  const varying = columns.flatMap(({ reference, values: own }) => {
    // The days of the week are the same on every day of the week: whole weeks are compared as they are.
    if (reference.time?.follows === 'cycle' && reference.time.days === DAYS) return [];
    const found =
      'edges' in reference && own.type !== 'string'
        ? daysOfNumbers(reference, own.values, days.of)
        : 'edges' in reference
          ? undefined
          : daysOfCategories(reference.values, own, days.of);
    return found === undefined ? [] : [{ name: reference.name, days: found }];
  });
  return { column, ...(values && { values }), columns: varying };
}

/** Numbers by day, in the bins of their reference; undefined where the days do not differ beyond chance. */
export function daysOfNumbers(
  { edges }: Pick<NumberReference, 'edges'>,
  values: Float64Array,
  dayOf: Int8Array,
): DayReference[] | undefined {
  const days = emptyDays(Math.max(0, edges.length - 1));
  const moments = days.map(() => ({ count: 0, sum: 0, squares: 0 }));
  const center = edges[Math.floor(edges.length / 2)] ?? 0;
  values.forEach((value, row) => {
    const place = dayOf[row]!;
    const day = days[place];
    if (day === undefined) return;
    if (Number.isNaN(value)) {
      day.missing++;
      return;
    }
    day.counts[binAt(edges, value)]! += 1;
    const own = moments[place]!;
    own.count++;
    own.sum += value - center;
    own.squares += (value - center) ** 2;
  });
  const made = days.map((day, i) => ({ ...day, ...momentsOf(moments[i]!, center) }));
  return differ(made) ? made : undefined;
}

function momentsOf({ count, sum, squares }: { count: number; sum: number; squares: number }, center: number) {
  const mean = sum / Math.max(1, count);
  const variance = Math.max(0, squares / Math.max(1, count) - mean * mean);
  return { mean: center + mean, standardDeviation: Math.sqrt(variance) };
}

/** Values are within the edges, which are of the same rows; those of another table count at the nearest end. */
function binAt(edges: readonly number[], value: number): number {
  const last = edges.length - 2;
  let bin = 0;
  while (bin < last && value >= edges[bin + 1]!) bin++;
  return bin;
}

function daysOfCategories(
  listed: readonly string[],
  column: Column,
  dayOf: Int8Array,
): DayReference[] | undefined {
  const places = new Map(listed.map((value, place) => [value, place]));
  const days = emptyDays(listed.length);
  dayOf.forEach((place, row) => {
    const day = days[place];
    if (day === undefined) return;
    const text = textAt(column, row);
    if (text === undefined) {
      day.missing++;
      return;
    }
    const at = places.get(text);
    if (at === undefined) day.other++;
    else day.counts[at]! += 1;
  });
  return differ(days) ? days : undefined;
}

function emptyDays(size: number): DayReference[] {
  return Array.from({ length: DAYS + 1 }, () => ({
    counts: new Array<number>(size).fill(0),
    other: 0,
    missing: 0,
  }));
}

/** Whether the table of days and values has more in it than chance would give (chi-square, Wilson and Hilferty 1931). */
function differ(days: readonly DayReference[]): boolean {
  return exceedsChance(days.map(({ counts, other, missing }) => [...counts, other, missing]));
}

export function exceedsChance(table: readonly (readonly number[])[]): boolean {
  const rows = table.filter((row) => sum(row) >= LEAST_ROWS);
  const total = sum(rows.map(sum));
  const margins = (rows[0] ?? []).map((_, cell) => sum(rows.map((row) => row[cell]!)));
  // A cell that is expected fewer than 5 times a row would make the statistic unsure.
  const cells = margins.flatMap((margin, cell) => (margin >= 5 * rows.length ? [cell] : []));
  const freedom = (rows.length - 1) * (cells.length - 1);
  if (freedom < 1) return false;
  const statistic = sum(
    rows.flatMap((row) =>
      cells.map((cell) => {
        const expected = (sum(row) * margins[cell]!) / total;
        return (row[cell]! - expected) ** 2 / expected;
      }),
    ),
  );
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread) > BEYOND_CHANCE;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function daysByDates(column: string, times: Float64Array): WeekDays {
  return { column, of: Int8Array.from(times, (time) => (Number.isNaN(time) ? -1 : weekdayOf(time))) };
}

function spanOf(times: Float64Array): number {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of times) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return to - from;
}

function distinctTexts(column: Column): string[] {
  if (column.type === 'string') {
    const used = new Set(column.codes);
    return column.dictionary.filter((_, code) => used.has(code));
  }
  const values = new Set(column.values.filter((value) => !Number.isNaN(value)));
  return values.size > DAYS + 1
    ? []
    : [...values].sort((a, b) => a - b).map((value) => asText(column, value));
}

function textAt(column: Column, row: number): string | undefined {
  if (column.type === 'string')
    return column.codes[row]! < 0 ? undefined : column.dictionary[column.codes[row]!];
  const value = column.values[row]!;
  return Number.isNaN(value) ? undefined : asText(column, value);
}

/** As a category of a boolean and a number of a row are written. */
function asText({ type }: Column, value: number): string {
  if (type === 'boolean') return value === 0 ? 'false' : 'true';
  return String(value);
}
