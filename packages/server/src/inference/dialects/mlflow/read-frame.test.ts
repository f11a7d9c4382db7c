import { describe, expect, it } from 'vitest';
import type { InputColumn } from '../../../journey/prepare/index.ts';
import { castRows } from './cast-rows.ts';
import { readFrame } from './read-frame.ts';

const INPUTS: InputColumn[] = [
  { name: 'age', type: 'number', nullable: true },
  { name: 'city', type: 'string', nullable: true },
  { name: 'active', type: 'boolean', nullable: true },
];

const rowsOf = (body: unknown) => castRows(readFrame(body, 100), INPUTS);

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

  it('has its values cast to the columns, and other columns left out', () => {
    expect(rowsOf({ dataframe_records: [{ age: '1.5', city: 7, active: 1, more: {} }] })).toEqual([
      { age: 1.5, city: '7', active: true },
    ]);
    expect(rowsOf({ dataframe_records: [{ age: ' ', active: 'false' }] })).toEqual([
      { age: null, active: false },
    ]);
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
    expect(rowsOf(body)).toEqual([{}]);
  });
});
