import { describe, expect, it } from 'vitest';
import { MISSING_WORDS } from '../../../stages/ingest/index.ts';
import type { RowColumns } from '../../../stages/prepare/index.ts';
import { castRows } from './cast-rows.ts';
import { readFrame } from './read-frame.ts';

const COLUMNS: RowColumns = {
  inputs: [
    { name: 'age', type: 'number', nullable: true },
    { name: 'city', type: 'string', nullable: true },
    { name: 'active', type: 'boolean', nullable: true },
  ],
  others: [
    { name: 'id', type: 'number' },
    { name: 'price', type: 'number', reading: { as: 'number', decimal: ',', thousands: '.' } },
  ],
  missingWords: MISSING_WORDS,
};

const rowsOf = (body: unknown, columns = COLUMNS) => castRows(readFrame(body, 100), columns);

const ROWS = [
  { age: 41, city: 'Ulm', active: true },
  { age: null, city: null, active: null },
];
const VALUES = ROWS.map(({ age, city, active }) => [city, age, active]);

describe('a scoring body', () => {
  it.each([
    ['dataframe_split', { columns: ['city', 'age', 'active'], index: [0, 1], data: VALUES }],
    ['dataframe_records', ROWS],
    ['instances', ROWS],
    ['inputs', ROWS],
    ['inputs', { city: ['Ulm', null], age: [41, null], active: [true, null] }],
    ['instances', { city: ['Ulm', null], age: [41, null], active: [true, null] }],
  ])('as %s gives its rows', (form, value) => {
    expect(rowsOf({ [form]: value, params: { any: 1 } })).toEqual(ROWS);
  });

  it('has its values cast to the columns', () => {
    expect(rowsOf({ dataframe_records: [{ age: '1.5', city: 7, active: 1 }] })).toEqual([
      { age: 1.5, city: '7', active: true },
    ]);
    expect(rowsOf({ dataframe_records: [{ age: ' ', active: 'false' }] })).toEqual([
      { age: null, active: false },
    ]);
  });

  it('has its text read as in a file of the dataset', () => {
    const reading = { as: 'number' as const, decimal: ',' as const, thousands: '.' as const };
    const inputs = COLUMNS.inputs.map((input) => (input.name === 'age' ? { ...input, reading } : input));
    const rows = ['1.234,5', ' 7 ', 'NA', '-'].map((age) => ({ age, active: ' True' }));
    const ages = rowsOf({ dataframe_records: rows }, { ...COLUMNS, inputs }).map(({ age }) => age);
    expect(ages).toEqual([1234.5, 7, null, null]);
    expect(rowsOf({ dataframe_records: rows.slice(2) })).toEqual([
      { age: null, active: true },
      { age: null, active: true },
    ]);
    expect(() => rowsOf({ dataframe_records: [{ age: 1 }, { age: '1.5' }] }, { ...COLUMNS, inputs })).toThrow(
      expect.objectContaining({ code: 'predict.wrong-type', path: 'rows[1]["age"]' }),
    );
  });

  it('keeps columns of the dataset that the model does not take, cast where they fit', () => {
    const [row] = rowsOf({ dataframe_records: [{ age: 1, id: '17', price: '1.234,5' }] });
    expect(row).toEqual({ age: 1, id: 17, price: 1234.5 });
    const data = [[0, 1, 'x17', 'NA']];
    expect(rowsOf({ dataframe_split: { columns: ['', 'age', 'id', 'price'], data } })).toEqual([
      { age: 1, id: 'x17', price: 'NA' },
    ]);
  });

  it.each([
    ['records', { dataframe_records: [{ age: 1 }, { Age: 1 }] }],
    ['a split', { dataframe_split: { columns: ['Age', 'city'], data: [[1, 'Ulm']] } }],
  ])('of %s with a column in another spelling is refused, with the name', (_, body) => {
    expect(() => rowsOf(body)).toThrow(
      expect.objectContaining({ code: 'predict.column-spelling', details: { found: 'Age', nearest: 'age' } }),
    );
  });

  it.each([
    ['records', { dataframe_records: [{ age: 1 }, { age: 2, height: 180 }] }, 'rows[1]["height"]'],
    ['a split', { dataframe_split: { columns: ['age', 'height'], data: [[1, 180]] } }, 'height'],
    ['columns', { inputs: { age: [1], height: [180] } }, 'height'],
  ])('of %s with a column that the dataset never had is refused', (_, body, path) => {
    expect(() => rowsOf(body)).toThrow(
      expect.objectContaining({ code: 'predict.unknown-column', details: { column: 'height' }, path }),
    );
  });

  it('without names of columns is read in the order of the columns', () => {
    expect(rowsOf({ dataframe_split: { data: [[1, 'Ulm', false]] } })).toEqual([
      { age: 1, city: 'Ulm', active: false },
    ]);
  });

  it.each([
    ['text for a number', { dataframe_records: [{ age: 'x' }] }, 'predict.wrong-type'],
    ['an object for text', { dataframe_records: [{ city: {} }] }, 'predict.wrong-type'],
    ['no form', { params: {} }, 'request.invalid'],
    ['two forms', { inputs: ROWS, instances: ROWS }, 'request.invalid'],
    ['a list', [ROWS], 'request.invalid'],
    ['a split without data', { dataframe_split: { columns: ['age'] } }, 'request.invalid'],
    ['a row of other width', { dataframe_split: { columns: ['age'], data: [[1, 2]] } }, 'request.invalid'],
    ['a bare matrix', { instances: [[1, 'Ulm', true]] }, 'request.invalid'],
    ['columns of different lengths', { inputs: { age: [1], city: ['a', 'b'] } }, 'request.invalid'],
    ['no rows', { dataframe_records: [] }, 'predict.no-rows'],
  ])('with %s is refused', (_, body, code) => {
    expect(() => rowsOf(body)).toThrow(expect.objectContaining({ code }));
  });

  it('pollutes nothing by __proto__', () => {
    const body = JSON.parse('{"dataframe_records":[{"__proto__":{"age":1}}]}') as unknown;
    expect(() => rowsOf(body)).toThrow(expect.objectContaining({ code: 'predict.unknown-column' }));
    expect(Object.hasOwn(Object.prototype, 'age')).toBe(false);
  });
});
