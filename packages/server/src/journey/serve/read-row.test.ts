import { describe, expect, it } from 'vitest';
import type { InputColumn } from '../prepare/index.ts';
import { type Cell, compileRowReader } from './read-row.ts';

const INPUTS: InputColumn[] = [
  { name: 'age', type: 'number', nullable: true },
  { name: 'total charges', type: 'number', nullable: false },
  { name: 'contract', type: 'string', nullable: true },
  { name: 'active', type: 'boolean', nullable: true },
  { name: 'since', type: 'timestamp', nullable: true },
];

const GOOD = { age: 41, 'total charges': 9.5, contract: '1', active: true, since: '1970-01-02' };

function read(row: unknown, inputs = INPUTS, index = 0): Cell[] {
  const cells: Cell[] = [];
  compileRowReader(inputs)(row, index, cells);
  return cells;
}

describe('reading a row', () => {
  it('gives the cells in the order of the inputs, whatever the order of the keys', () => {
    expect(read(Object.fromEntries(Object.entries(GOOD).reverse()))).toEqual([
      41,
      9.5,
      '1',
      true,
      86_400_000,
    ]);
  });

  it('takes an absent or null column for missing where the schema allows it', () => {
    const missing = [null, 9.5, null, null, null];
    expect(read({ 'total charges': 9.5 })).toEqual(missing);
    expect(read({ 'total charges': 9.5, age: null, contract: null, active: null, since: null })).toEqual(
      missing,
    );
  });

  it('refuses a missing column where it does not', () => {
    for (const row of [{ age: 1 }, { 'total charges': null }]) {
      expect(() => read(row, INPUTS, 3)).toThrow(
        expect.objectContaining({ code: 'predict.missing-column', path: 'rows[3]["total charges"]' }),
      );
    }
  });

  it('refuses a column that the model does not have, naming it', () => {
    expect(() => read({ ...GOOD, agee: 1 })).toThrow(
      expect.objectContaining({ code: 'predict.unknown-column', path: 'rows[0].agee' }),
    );
    const long = 'x'.repeat(100_000);
    expect(() => read({ ...GOOD, [long]: null })).toThrow(/^The model has no column x{100}…\.$/);
  });

  it.each([
    ['age', '41', 'string'],
    ['age', true, 'boolean'],
    ['age', [41], 'array'],
    ['age', { value: 41 }, 'object'],
    ['age', JSON.parse('1e309'), 'number beyond double precision'],
    ['contract', 1, 'number'],
    ['contract', false, 'boolean'],
    ['active', 1, 'number'],
    ['active', 'true', 'string'],
    ['since', 86_400_000, 'number'],
    ['since', 'yesterday', 'other text'],
    ['since', '2024-02-30', 'other text'],
  ])('refuses %s: %j, found %s', (column, value, found) => {
    expect(() => read({ ...GOOD, [column]: value }, INPUTS, 12)).toThrow(
      expect.objectContaining({
        code: 'predict.wrong-type',
        path: `rows[12].${column}`,
        details: expect.objectContaining({ found }),
      }),
    );
  });

  it.each([[null], [undefined], [1], ['row'], [[GOOD]]])('refuses the row %j', (row) => {
    expect(() => read(row, INPUTS, 7)).toThrow(
      expect.objectContaining({ code: 'request.invalid', path: 'rows[7]' }),
    );
  });

  it('never takes what every object inherits for a column', () => {
    const inputs: InputColumn[] = [
      { name: 'constructor', type: 'string', nullable: true },
      { name: '__proto__', type: 'number', nullable: true },
    ];
    expect(read({}, inputs)).toEqual([null, null]);
    expect(read(JSON.parse('{"__proto__": 5, "constructor": "a"}'), inputs)).toEqual(['a', 5]);
  });

  it('takes __proto__ for an unknown column, and nothing is polluted', () => {
    const row = JSON.parse('{"total charges": 1, "__proto__": {"age": 5, "polluted": true}}');
    expect(() => read(row)).toThrow(expect.objectContaining({ code: 'predict.unknown-column' }));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
