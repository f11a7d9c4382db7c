import { isFailure } from '@slipway/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withRandomMade } from '../../testing/random-made.ts';
import { randomPreparation, randomTable, withRandomRescaling } from '../../testing/random-table.ts';
import { referenceFeatures } from '../../testing/reference-features.ts';
import type { Column, Table } from '../ingest/index.ts';
import { compileEncoder, encodeFeatures, encodeTarget, type RawValue } from './index.ts';

const kinds = fc.array(fc.constantFrom('number', 'boolean', 'timestamp', 'string'), {
  minLength: 1,
  maxLength: 6,
});

function jsonValue(column: Column, row: number, asText: boolean): RawValue {
  if (column.type === 'string') return column.codes[row]! < 0 ? null : column.dictionary[column.codes[row]!]!;
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  if (column.type === 'boolean') return value === 1;
  return column.type === 'timestamp' && asText ? new Date(value).toISOString().replace(/^\+00/, '') : value;
}

const inRange = (table: Table) =>
  table.columns.every(
    (column) =>
      column.type !== 'timestamp' ||
      column.values.every((ms) => Number.isNaN(ms) || (ms > -6e13 && ms < 2.5e14)),
  );

test('tables, single rows and the definition agree to the bit', () => {
  fc.assert(
    fc.property(kinds, fc.nat(), fc.boolean(), (columns, seed, asText) => {
      const plain = withRandomRescaling(randomPreparation(columns, 'regression', []), seed ^ 3);
      const preparation = withRandomMade(plain, seed ^ 7);
      const table = randomTable(preparation, 20, seed);
      fc.pre(inRange(table));
      const matrix = encodeFeatures(preparation, table);
      const encode = compileEncoder(preparation);
      for (let row = 0; row < table.rows; row++) {
        const values = table.columns.map((column) => jsonValue(column, row, asText));
        const encoded = encode(values);
        expect(encoded).toEqual(referenceFeatures(preparation, table, row));
        expect(Float32Array.from(matrix.columns, (column) => column[row]!)).toEqual(encoded);
      }
    }),
  );
});

test('features lie in shared memory, and rows may be chosen', () => {
  const preparation = randomPreparation(['number', 'string'], 'regression', []);
  const table = randomTable(preparation, 10, 5);
  const all = encodeFeatures(preparation, table);
  const some = encodeFeatures(preparation, table, Int32Array.of(7, 2));
  expect(some.rows).toBe(2);
  expect(some.columns.map((column) => [...column])).toEqual(
    all.columns.map((column) => [column[7], column[2]]),
  );
  expect(all.columns.every((column) => column.buffer instanceof SharedArrayBuffer)).toBe(true);
  expect(all.levels[0]).toBe(0);
  expect(all.levels[1]).toBeGreaterThan(2);
});

test('a column that the table lacks is missing', () => {
  const preparation = randomPreparation(['number', 'string'], 'regression', []);
  const matrix = encodeFeatures(preparation, { rows: 3, columns: [] });
  expect(matrix.columns.every((column) => column.every(Number.isNaN))).toBe(true);
});

test.each<[string, RawValue]>([
  ['number', '5'],
  ['number', true],
  ['boolean', 1],
  ['boolean', 'true'],
  ['string', 5],
  ['timestamp', 'soon'],
  ['timestamp', true],
])('a %s does not take %j', (kind, value) => {
  const preparation = randomPreparation([kind as 'number'], 'regression', []);
  const { name } = preparation.inputs[0]!;
  try {
    compileEncoder(preparation)([value]);
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, 'predict.wrong-type') && error.path).toBe(name);
  }
});

test('an empty text is missing', () => {
  expect(compileEncoder(randomPreparation(['string'], 'regression', []))([''])).toEqual(
    Float32Array.of(Number.NaN),
  );
});

test('the target is the index of its class, or the number; what training never saw is missing', () => {
  const base = { ...randomPreparation(['number'], 'multiclass', ['1', '2', '10']), target: 'y' };
  const table: Table = {
    rows: 4,
    columns: [{ name: 'y', type: 'number', values: Float64Array.of(10, 1, Number.NaN, 3) }],
  };
  expect([...encodeTarget(base, table)]).toEqual([2, 0, Number.NaN, Number.NaN]);
  expect([...encodeTarget({ ...base, classes: [] }, table, Int32Array.of(3, 0))]).toEqual([3, 10]);
});
