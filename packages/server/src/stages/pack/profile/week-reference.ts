import { type Column, columnNamed, type Table } from '../../ingest/index.ts';
import type { ColumnReference, NumberReference, PartReference, WeekReference } from '../model.ts';
import type { RowTimes } from './column-time.ts';
import { partOfWeek, partsOfWeek } from './parts-of-week.ts';

const DAYS = 7;
const DAY_MS = 86_400_000;
/** Without two weeks, a difference between two days of the week is one between two days. */
const LEAST_SPAN = 14 * DAY_MS;
/** A part of fewer rows tells nothing of its own. */
const LEAST_ROWS = 20;
/** Standard deviations beyond which parts differ by more than chance, 1 time in 10: what is kept in vain only costs certainty. */
const BEYOND_CHANCE = 1.3;

type Division = Pick<WeekReference, 'column' | 'values' | 'partsOfDay'>;

/** The part of the week of each row, or -1 where it is not known. */
export type WeekParts = Division & { of: Int8Array };

/** By the dates of the rows, else by the column of weekdays that has most of them; undefined where the table has neither. */
export function weekParts(
  table: Table,
  times: RowTimes | undefined,
  references: readonly Pick<ColumnReference, 'name' | 'time'>[],
): WeekParts | undefined {
  if (times?.dated && spanOf(times.times) >= LEAST_SPAN) {
    return partsByDates(times.column, times.times, hasTimes(times.times) ? 4 : 1);
  }
  const named = references.flatMap(({ name, time }) => {
    const column = columnNamed(table, name);
    const weekly = column !== undefined && time?.follows === 'cycle' && time.days === DAYS;
    const values = weekly ? distinctTexts(column) : [];
    return values.length >= 2 && values.length <= DAYS + 1 ? [{ column: name, values }] : [];
  });
  const [best] = named.sort((a, b) => b.values.length - a.values.length);
  if (best === undefined) return undefined;
  const division: Division = { ...best, partsOfDay: 1 };
  return { ...division, of: partsOfRows(division, table) };
}

/** The parts of the rows of another table with the same columns. */
export function partsOfRows({ column, values, partsOfDay }: Division, table: Table): Int8Array {
  const found = columnNamed(table, column);
  if (found === undefined) return new Int8Array(table.rows).fill(-1);
  if (values === undefined && found.type !== 'string') {
    return partsByDates(column, found.values, partsOfDay).of;
  }
  const places = new Map(values?.map((value, part) => [value, part]));
  return Int8Array.from({ length: table.rows }, (_, row) => places.get(textAt(found, row) ?? '') ?? -1);
}

/** Whether the times are of all hours of the day, as moments are and dates are not. */
function hasTimes(times: Float64Array): boolean {
  const known = times.filter((time) => !Number.isNaN(time));
  const quarters = new Set(known.map((time) => Math.floor((time * 4) / DAY_MS) % 4));
  return quarters.size >= 3;
}

/** What of the columns differs among the parts of the week. */
export function weekReference(
  division: WeekParts,
  columns: readonly { reference: ColumnReference; values: Column }[],
): WeekReference {
  const { column, values, partsOfDay, of } = division;
  const varying = columns.flatMap(({ reference, values: own }) => {
    // The days of the week are the same on every day of the week: whole weeks are compared as they are.
    if (reference.time?.follows === 'cycle' && reference.time.days === DAYS) return [];
    const found =
      'edges' in reference && own.type !== 'string'
        ? partsOfNumbers(reference, own.values, of, division)
        : 'edges' in reference
          ? undefined
          : partsOfCategories(reference.values, own, of, division);
    return found?.differ ? [{ name: reference.name, parts: found.parts }] : [];
  });
  return { column, ...(values && { values }), partsOfDay, columns: varying };
}

/** Numbers by part of the week, in the bins of their reference, and whether the parts differ beyond chance. */
export function partsOfNumbers(
  { edges }: Pick<NumberReference, 'edges'>,
  values: Float64Array,
  partOf: Int8Array,
  division: Division,
): { parts: PartReference[]; differ: boolean } {
  const parts = emptyParts(partsOfWeek(division), Math.max(0, edges.length - 1));
  const moments = parts.map(() => ({ count: 0, sum: 0, squares: 0 }));
  const center = edges[Math.floor(edges.length / 2)] ?? 0;
  values.forEach((value, row) => {
    const place = partOf[row]!;
    const part = parts[place];
    if (part === undefined) return;
    if (Number.isNaN(value)) {
      part.missing++;
      return;
    }
    part.counts[binAt(edges, value)]! += 1;
    const own = moments[place]!;
    own.count++;
    own.sum += value - center;
    own.squares += (value - center) ** 2;
  });
  const made = parts.map((part, i) => ({ ...part, ...momentsOf(moments[i]!, center) }));
  return { parts: made, differ: differ(made, division) };
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

function partsOfCategories(
  listed: readonly string[],
  column: Column,
  partOf: Int8Array,
  division: Division,
): { parts: PartReference[]; differ: boolean } {
  const places = new Map(listed.map((value, place) => [value, place]));
  const parts = emptyParts(partsOfWeek(division), listed.length);
  partOf.forEach((place, row) => {
    const part = parts[place];
    if (part === undefined) return;
    const text = textAt(column, row);
    if (text === undefined) {
      part.missing++;
      return;
    }
    const at = places.get(text);
    if (at === undefined) part.other++;
    else part.counts[at]! += 1;
  });
  return { parts, differ: differ(parts, division) };
}

function emptyParts(size: number, cells: number): PartReference[] {
  return Array.from({ length: size }, () => ({
    counts: new Array<number>(cells).fill(0),
    other: 0,
    missing: 0,
  }));
}

/**
 * Whether the parts of the week, or the days, differ more than by chance. Days have more rows than their parts and so show what
 * parts of few rows do not.
 */
function differ(parts: readonly PartReference[], { values, partsOfDay }: Division): boolean {
  const table = parts.map(({ counts, other, missing }) => [...counts, other, missing]);
  return exceedsChance(table) || (values === undefined && exceedsChance(byDay(table, partsOfDay)));
}

/** The counts of the parts of each day together. */
function byDay(table: readonly (readonly number[])[], partsOfDay: number): number[][] {
  return Array.from({ length: Math.ceil(table.length / partsOfDay) }, (_, day) => {
    const own = table.slice(day * partsOfDay, (day + 1) * partsOfDay);
    return own[0]!.map((_cell, cell) => sum(own.map((row) => row[cell]!)));
  });
}

/** Whether rows of counts have more between them than chance would give (chi-square, Wilson and Hilferty 1931). */
function exceedsChance(table: readonly (readonly number[])[]): boolean {
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

function partsByDates(column: string, times: Float64Array, partsOfDay: 1 | 4): WeekParts {
  const of = Int8Array.from(times, (time) => (Number.isNaN(time) ? -1 : partOfWeek(time, partsOfDay)));
  return { column, partsOfDay, of };
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
