import type { ColumnTime } from '../model.ts';
import { partOfWeek } from './parts-of-week.ts';

type Days = Extract<ColumnTime, { follows: 'cycle' }>['days'];

const DAY = 86_400_000;
/** So much of what is uncertain about a value must be settled by a field of the calendar. */
const SETTLED = 0.98;
/** Rows for each value of the field, or chance would settle it. */
const ROWS_OF_FIELD = 10;
/** The span, in cycles, within which a field has shown that it returns. */
const CYCLES_SEEN = 2;

const FIELDS: readonly { days: Days; size: number; of: (ms: number) => number }[] = [
  { days: 1, size: 24, of: (ms) => new Date(ms).getUTCHours() },
  { days: 7, size: 7, of: (ms) => partOfWeek(ms, 1) },
  { days: 31, size: 31, of: (ms) => new Date(ms).getUTCDate() },
  { days: 366, size: 12, of: (ms) => new Date(ms).getUTCMonth() },
];

/**
 * The cycle of the calendar that settles the values of a column: the hour, the weekday, the day of the month or the month of
 * `times` gives the value, as it gives `is_weekend` or a quarter. Undefined where none does.
 */
export function cycleOfValues(codes: ArrayLike<number>, times: ArrayLike<number>): Days | undefined {
  const rows = Array.from(codes, (_, i) => i).filter(
    (i) => !Number.isNaN(codes[i]!) && !Number.isNaN(times[i]!),
  );
  const span = spanOf(rows, times);
  const plain = 1 - modalShare(rows.map((i) => codes[i]!));
  if (rows.length === 0 || plain < 0.02) return undefined;
  return FIELDS.find(({ days, size, of }) => {
    if (span < CYCLES_SEEN * days * DAY || rows.length < ROWS_OF_FIELD * size) return false;
    return unsettled(rows, codes, (i) => of(times[i]!)) <= (1 - SETTLED) * plain;
  })?.days;
}

/** Share of rows whose value is not the most frequent one of their field. */
function unsettled(
  rows: readonly number[],
  codes: ArrayLike<number>,
  fieldOf: (row: number) => number,
): number {
  const byField = new Map<number, number[]>();
  for (const row of rows) {
    const field = fieldOf(row);
    const seen = byField.get(field);
    if (seen === undefined) byField.set(field, [codes[row]!]);
    else seen.push(codes[row]!);
  }
  const off = [...byField.values()].reduce((sum, own) => sum + own.length * (1 - modalShare(own)), 0);
  return off / rows.length;
}

function modalShare(codes: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return codes.length === 0 ? 1 : Math.max(...counts.values()) / codes.length;
}

function spanOf(rows: readonly number[], times: ArrayLike<number>): number {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    from = Math.min(from, times[row]!);
    to = Math.max(to, times[row]!);
  }
  return to - from;
}
