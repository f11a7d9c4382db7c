import { type Column, columnNamed, type Table } from '../../ingest/index.ts';
import type { ColumnTime } from '../model.ts';
import { calendarFieldOf, keepsTo, readAsDates, readAsYears } from './calendar-numbers.ts';
import { isCalendarText, isMonth, isWeekday } from './calendar-words.ts';
import { cycleOfValues } from './cycle-of-values.ts';
import { blocksInTime, orderInTime, sampledRows } from './order-in-time.ts';

/** From this order on, a column goes with time. */
const IN_ORDER = 0.95;
/** A number with more distinct values is no field of the calendar. */
const FEW_VALUES = 53;

/** When the rows of a table happened, and by which column that is known; `dated` where times are milliseconds since 1970. */
export type RowTimes = { column: string; times: Float64Array; dated: boolean };

/**
 * The times of the rows: the dataset's time column where it has one, else its only column of dates, else of several the one
 * that the rows are most in order of. Undefined without a date.
 */
export function rowTimes(table: Table, timeColumn?: string | null): RowTimes | undefined {
  const given = timeColumn == null ? undefined : columnNamed(table, timeColumn);
  if (given !== undefined && given.type !== 'string' && given.type !== 'boolean') {
    return { column: given.name, times: given.values, dated: given.type === 'timestamp' };
  }
  const dates = table.columns.flatMap((column) =>
    column.type === 'timestamp' ? [{ column: column.name, times: column.values }] : [],
  );
  const rows = sampledRows(table.rows);
  const ordered = dates.map((one) => ({
    ...one,
    order: dates.length === 1 ? 1 : Math.abs(orderInTime(picked(one.times, rows), rows)),
  }));
  const [best] = ordered.sort((a, b) => b.order - a.order);
  return best && { column: best.column, times: best.times, dated: true };
}

/**
 * How a column goes with time, by the first rule that applies:
 *
 * 1. Dates, the time column of the dataset, whole numbers that are all dates (20240131, seconds since 1970), a column `year` and
 *    text with a year (`2024-03`) advance.
 * 2. Names of weekdays and months, and whole numbers of the range of a calendar's field under its name (`hour`, `dow`), follow a
 *    cycle.
 * 3. Where the rows have times: values that only grow, or only fall, with them advance, and so do categories that follow one
 *    another and never return; values that the hour, weekday, day of the month or month settles follow that cycle.
 * 4. Where they have none: numbers that only grow, or only fall, from row to row may advance; the window decides.
 *
 * Undefined for all others, which are compared as they are.
 */
export function columnTime(
  column: Column,
  table: Pick<Table, 'rows'>,
  times: RowTimes | undefined,
  timeColumn?: string | null,
): ColumnTime | undefined {
  if (column.type === 'timestamp') return { follows: 'time', by: 'dates' };
  if (column.name === timeColumn) return { follows: 'time', by: 'time-column' };
  return (
    byValues(column) ?? (times === undefined ? byRowOrder(column, table) : byTimes(column, table, times))
  );
}

function byValues(column: Column): ColumnTime | undefined {
  if (column.type === 'string') {
    const words = column.dictionary.filter((word) => word.trim() !== '');
    if (words.length < 2) return undefined;
    if (words.every(isWeekday)) return { follows: 'cycle', days: 7 };
    if (words.every(isMonth)) return { follows: 'cycle', days: 366 };
    if (words.every(isCalendarText)) return { follows: 'time', by: 'calendar-text' };
  }
  const field = calendarFieldOf(column.name);
  if (column.type === 'string') {
    const few =
      field !== undefined && field.days > 1 && column.dictionary.length <= field.to - field.from + 1;
    return few ? { follows: 'cycle', days: field.days } : undefined;
  }
  const values = column.values.filter((value) => !Number.isNaN(value));
  if (field !== undefined && keepsTo(values, field)) return { follows: 'cycle', days: field.days };
  const dates = column.type === 'number' && (readAsDates(values) || readAsYears(column.name, values));
  return dates ? { follows: 'time', by: 'dates' } : undefined;
}

function byTimes(
  column: Column,
  table: Pick<Table, 'rows'>,
  { times, dated }: RowTimes,
): ColumnTime | undefined {
  const rows = sampledRows(table.rows);
  const at = picked(times, rows);
  const codes =
    column.type === 'string'
      ? picked(column.codes, rows).map((code) => (code < 0 ? Number.NaN : code))
      : picked(column.values, rows);
  const few = distinct(codes) <= FEW_VALUES;
  const order = column.type === 'number' && distinct(codes) >= 3 ? Math.abs(orderInTime(codes, at)) : 0;
  if (order >= IN_ORDER || (few && column.type !== 'boolean' && blocksInTime(codes, at) >= IN_ORDER)) {
    return { follows: 'time', by: 'time-column' };
  }
  const days = few && dated ? cycleOfValues(codes, at) : undefined;
  return days && { follows: 'cycle', days };
}

function byRowOrder(column: Column, table: Pick<Table, 'rows'>): ColumnTime | undefined {
  if (column.type !== 'number') return undefined;
  const rows = sampledRows(table.rows);
  const values = picked(column.values, rows);
  const ordered = distinct(values) >= 3 && Math.abs(orderInTime(values, rows)) >= IN_ORDER;
  return ordered ? { follows: 'time', by: 'row-order' } : undefined;
}

function picked(values: ArrayLike<number>, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

function distinct(values: Float64Array): number {
  return new Set(values.filter((value) => !Number.isNaN(value))).size;
}
