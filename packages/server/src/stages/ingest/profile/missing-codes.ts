import type { ColumnType } from '../model.ts';

/** A value that a program may have written for a missing one, and how many rows hold it. */
export type MissingCode = { value: number; count: number };

/** One such value is an outlier; a program writes it again and again. */
const LEAST_ROWS = 2;
const DAY = 86_400_000;
/** Days that programs write where there is none: the first of the calendars of databases and spreadsheets, and the last. */
const DAYS = new Set(
  [
    ...['0001-01-01', '1753-01-01', '1899-12-30', '1899-12-31', '1900-01-01', '1900-01-02', '1970-01-01'],
    ...['2099-12-31', '2199-12-31', '2999-12-31', '9999-01-01', '9999-12-31'],
  ].map((day) => Date.parse(day)),
);

/**
 * Values at either end of a column that look like codes for a missing value: -999, 9999, 88 beside 99, 9999-12-31. Each is such a
 * number or day, is in several rows, and lies further from all other values than these lie apart.
 *
 * @param sorted the present values, rising (timestamps in epoch milliseconds)
 */
export function missingCodes(sorted: Float64Array, type: ColumnType): MissingCode[] {
  const isCode = type === 'timestamp' ? isDay : isRepeatedDigit;
  let [from, to] = [0, sorted.length];
  const found: MissingCode[] = [];
  while (from < to && isCode(sorted[from]!)) {
    const end = lastOf(sorted, from) + 1;
    found.push({ value: sorted[from]!, count: end - from });
    from = end;
  }
  while (from < to && isCode(sorted[to - 1]!)) {
    const start = firstOf(sorted, to - 1);
    found.push({ value: sorted[start]!, count: to - start });
    to = start;
  }
  if (from >= to) return [];
  const [least, most] = [sorted[from]!, sorted[to - 1]!];
  const apart = most - least;
  const isFar = (value: number) => Math.max(least - value, value - most) > apart;
  return found
    .filter(({ value, count }) => count >= LEAST_ROWS && apart > 0 && isFar(value))
    .sort((a, b) => a.value - b.value);
}

/** 7, 8 or 9 alone, twice or more, of either sign: what surveys and instruments write. */
function isRepeatedDigit(value: number): boolean {
  return /^-?(?:77+|88+|99+)$/.test(String(value));
}

function isDay(value: number): boolean {
  return value % DAY === 0 && DAYS.has(value);
}

function lastOf(sorted: Float64Array, at: number): number {
  let last = at;
  while (last + 1 < sorted.length && sorted[last + 1] === sorted[at]) last++;
  return last;
}

function firstOf(sorted: Float64Array, at: number): number {
  let first = at;
  while (first > 0 && sorted[first - 1] === sorted[at]) first--;
  return first;
}
