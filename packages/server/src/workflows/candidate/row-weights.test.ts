import { expect, test } from 'vitest';
import type { Table } from '../../stages/ingest/index.ts';
import { tableOf } from '../../testing/tables.ts';
import { missingWeightsIn, rowWeights } from './row-weights.ts';

const rows = Int32Array.from([0, 1, 2, 3]);
const weigh = (table: Table, mayLack: boolean) =>
  rowWeights(table, rows, { column: 'w', weightOf: undefined, mayLack }, 'd');

test('appended rows without a weight weigh the mean of the others, which is said', () => {
  const table = tableOf({ w: [1, 3, null, null] });
  expect([...weigh(table, true)!]).toEqual([0.5, 1.5, 1, 1]);
  expect(missingWeightsIn(table, rows, 'w')).toBe(
    '2 appended rows have no value in w and weigh the mean of the others.',
  );
  expect(missingWeightsIn(tableOf({ w: [1, 3, 2, 2] }), rows, 'w')).toBe('');
});

test('rows of a first file may not lack one, and some row must have one', () => {
  const reason = (table: Table, mayLack: boolean) => {
    try {
      weigh(table, mayLack);
    } catch (error) {
      return (error as { details: { reason: string } }).details.reason;
    }
    return undefined;
  };
  expect(reason(tableOf({ w: [1, 3, null, 2] }), false)).toBe('some rows have no value');
  expect(
    reason(
      {
        ...tableOf({ w: [1, 2, 3, 4] }),
        columns: [{ name: 'w', type: 'number', values: Float64Array.from([NaN, NaN, NaN, NaN]) }],
      } as unknown as Table,
      true,
    ),
  ).toBe('no row has a value');
});
