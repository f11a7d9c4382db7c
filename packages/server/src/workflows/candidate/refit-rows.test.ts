import { expect, it } from 'vitest';
import { takeRows } from '../../stages/ingest/index.ts';
import type { Preparation } from '../../stages/prepare/index.ts';
import { tableOf } from '../../testing/tables.ts';
import type { CandidateInput } from '../model.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { refitRows } from './refit-rows.ts';

/** Rows 0, 2 and 5 of six are held out; `at` runs against the order of the rows. */
const TABLE = tableOf({
  at: [6, 5, 4, 3, 2, 1],
  word: ['a', 'b', 'a', null, 'b', 'a'],
  weight: [1, 1, 2, 1, 1, 2],
  y: [0, 1, 2, 3, 4, 5],
});
const manifest = { rows: 6, schema: { columns: TABLE.columns } } as unknown as CandidateInput['manifest'];
const preparation = { task: 'regression', target: 'y', classes: [], features: [] } as unknown as Preparation;

function prepared(order: PreparedRows['order']): PreparedRows {
  const side = (...rows: number[]) => {
    const numbers = Int32Array.from(rows);
    return { table: takeRows(TABLE, numbers), numbers };
  };
  return { preparation, order, train: side(1, 3, 4), holdout: side(0, 2, 5) } as unknown as PreparedRows;
}

function rowsFor(
  order: PreparedRows['order'],
  memoryBytes: number,
  wish: CandidateInput['wish'] = {},
  increments: number[] = [6],
) {
  const timeColumn = order === 'time' ? 'at' : null;
  return refitRows(prepared(order), { manifest, timeColumn, wish, dataset: 'd', increments }, memoryBytes);
}

/** Bytes that leave room for so many rows of a refit, beside the table of 6 × (8 + 4 + 8 + 8) bytes and the 3 rows of training, which take
 * the place of about one. */
const roomFor = (rows: number) => 6 * 28 + (rows + 2) * 4 * 64;

it('are those of both sides, each with its number, words, target and weight', () => {
  const rows = rowsFor('none', Number.POSITIVE_INFINITY, { weight: 'weight' });
  if ('reason' in rows) throw new Error(rows.reason);
  expect([...rows.numbers]).toEqual([1, 3, 4, 0, 2, 5]);
  expect([...rows.target]).toEqual([1, 3, 4, 0, 2, 5]);
  const word = rows.table.columns[1]!;
  if (word.type !== 'string') throw new TypeError('of another type');
  expect([...word.codes].map((code) => word.dictionary[code] ?? null)).toEqual([
    'b',
    null,
    'b',
    'a',
    'a',
    'a',
  ]);
  expect([...rows.weights!].map((weight) => weight / rows.weights![0]!)).toEqual([1, 1, 1, 1, 2, 2]);
});

it('are in the order of time, where there is one', () => {
  expect(rowsFor('time', Number.POSITIVE_INFINITY)).toMatchObject({
    numbers: Int32Array.of(5, 4, 3, 2, 1, 0),
  });
});

it('are the newest of rows in time order, where memory has no room for all', () => {
  expect(rowsFor('time', roomFor(4))).toMatchObject({ numbers: Int32Array.of(3, 2, 1, 0) });
  expect(rowsFor('time', roomFor(1))).toHaveProperty('reason');
});

it('are none where memory has no room for all rows in no order', () => {
  expect(rowsFor('none', roomFor(6))).not.toHaveProperty('reason');
  const reason =
    '`work.trainingMemoryMegabytes` has room for 5 rows beside those of the training, and 6 are needed';
  expect(rowsFor('none', roomFor(5))).toEqual({ reason });
});
