import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import type { Column, Table } from '../../ingest/index.ts';
import { columnTime, rowTimes } from './column-time.ts';

const DAY = 86_400_000;
const START = Date.UTC(2024, 10, 4);

function numbers(name: string, count: number, of: (row: number) => number): Column {
  return { name, type: 'number', values: Float64Array.from({ length: count }, (_, row) => of(row)) };
}

function dates(name: string, count: number, of: (row: number) => number): Column {
  return { name, type: 'timestamp', values: Float64Array.from({ length: count }, (_, row) => of(row)) };
}

function words(name: string, count: number, of: (row: number) => string): Column {
  const texts = Array.from({ length: count }, (_, row) => of(row));
  const dictionary = [...new Set(texts)];
  return {
    name,
    type: 'string',
    dictionary,
    codes: Int32Array.from(texts, (text) => dictionary.indexOf(text)),
  };
}

/** What `column` is in a table beside the others. */
function timeOf(column: Column, others: Column[] = [], timeColumn: string | null = null) {
  const rows = column.type === 'string' ? column.codes.length : column.values.length;
  const table: Table = { rows, columns: [column, ...others] };
  return columnTime(column, table, rowTimes(table, timeColumn), timeColumn);
}

const ROWS = 900;
const shuffled = (row: number) => (row * 577) % ROWS;
/** Three rows a day, in no order. */
const when = dates('when', ROWS, (row) => START + Math.floor(shuffled(row) / 3) * DAY);

describe('columns that advance with time', () => {
  it.each<[string, Column, Column[]]>([
    ['dates, in any order', when, []],
    [
      'a counter of days beside dates, in any order',
      numbers('n', ROWS, (row) => Math.floor(shuffled(row) / 3)),
      [when],
    ],
    ['a countdown beside dates', numbers('left', ROWS, (row) => 500 - Math.floor(shuffled(row) / 3)), [when]],
    ['dates written as numbers', numbers('d', 60, (row) => 20_240_101 + (row % 28)), []],
    ['months written as numbers and text', words('period', 60, (row) => `2024-0${1 + (row % 9)}`), []],
    ['seconds since 1970', numbers('created', 60, (row) => 1_700_000_000 + ((row * 7919) % 1e6)), []],
    ['years', numbers('year', 60, (row) => 2020 + (row % 4)), []],
    [
      'a price list that follows another and never returns',
      words('list', ROWS, (row) => `L${Math.floor(shuffled(row) / 100)}`),
      [when],
    ],
  ])('%s', (_, column, others) => {
    expect(timeOf(column, others)).toMatchObject({ follows: 'time' });
  });

  it('the time column of the dataset, and a counter in the order of the rows, of which the window decides', () => {
    expect(timeOf(numbers('t', ROWS, shuffled), [], 't')).toEqual({ follows: 'time', by: 'time-column' });
    expect(timeOf(numbers('day', ROWS, (row) => Math.floor(row / 3)))).toEqual({
      follows: 'time',
      by: 'row-order',
    });
  });
});

describe('columns that follow a cycle', () => {
  const at = (row: number) => new Date(START + Math.floor(shuffled(row) / 3) * DAY);
  it.each<[string, Column, Column[], number]>([
    ['names of weekdays', words('w', 60, (row) => ['Mon', 'Tue', 'Wed'][row % 3]!), [], 7],
    ['in another language', words('tag', 60, (row) => ['Montag', 'Dienstag', 'So.'][row % 3]!), [], 7],
    ['numbers of weekdays by name', numbers('order_dow', 60, (row) => row % 7), [], 7],
    ['hours', numbers('hourOfDay', 60, (row) => row % 24), [], 1],
    ['names of months', words('m', 60, (row) => ['Jan', 'Feb', 'March'][row % 3]!), [], 366],
    [
      'a weekend by the dates beside it',
      numbers('free', ROWS, (row) => (at(row).getUTCDay() % 6 === 0 ? 1 : 0)),
      [when],
      7,
    ],
  ])('%s', (_, column, others, days) => {
    expect(timeOf(column, others)).toEqual({ follows: 'cycle', days });
  });
});

describe('columns that have nothing to do with time', () => {
  const random = seededRandom(3);
  it.each<[string, Column, Column[]]>([
    ['amounts', numbers('amount', ROWS, () => random() * 100), [when]],
    ['a slow trend', numbers('price', ROWS, (row) => shuffled(row) / 900 + random() * 3), [when]],
    ['categories', words('city', ROWS, () => `c${Math.floor(random() * 8)}`), [when]],
    ['years of birth', numbers('birth_year', 60, (row) => 1950 + (row % 50)), []],
    ['hours worked', numbers('hours_per_week', 60, (row) => row % 24), []],
    ['a rare flag', numbers('flag', ROWS, (row) => (row % 200 === 0 ? 1 : 0)), [when]],
    ['small whole numbers', numbers('items', ROWS, () => Math.floor(random() * 7)), []],
  ])('%s', (_, column, others) => {
    expect(timeOf(column, others)).toBeUndefined();
  });
});
