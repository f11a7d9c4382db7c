import type { ColumnReading } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { MISSING_WORDS } from '../ingest/index.ts';
import type { InputColumn, OtherColumn } from '../prepare/index.ts';
import { type Cell, compileRowReader } from './read-row.ts';

const INPUTS: InputColumn[] = [
  { name: 'age', type: 'number', nullable: true },
  { name: 'total charges', type: 'number', nullable: false },
  { name: 'contract', type: 'string', nullable: true },
  { name: 'active', type: 'boolean', nullable: true },
  { name: 'since', type: 'timestamp', nullable: true },
];

const GOOD = { age: 41, 'total charges': 9.5, contract: '1', active: true, since: '1970-01-02' };

const OTHERS: OtherColumn[] = [
  { name: 'id', type: 'number' },
  { name: 'churned', type: 'boolean' },
  { name: 'constructor', type: 'string' },
];

function read(row: unknown, inputs = INPUTS, index = 0, others: OtherColumn[] = []): Cell[] {
  const cells: Cell[] = [];
  compileRowReader({ inputs, others, missingWords: MISSING_WORDS })(row, index, cells);
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

  it('takes a number that means a missing value for missing, as number or as text of a word', () => {
    const cells: Cell[] = [];
    const reader = compileRowReader({ inputs: INPUTS, others: [], missingWords: ['NA', '-999'] });
    for (const age of [-999, '-999', 'NA', -998, -999n]) {
      reader({ ...GOOD, age }, 0, cells);
      expect(cells[0]).toBe(age === -998 ? -998 : null);
    }
    const marks = { as: 'number', decimal: ',', thousands: '.' } as const;
    const written = [{ ...INPUTS[0]!, reading: marks }];
    const german = compileRowReader({ inputs: written, others: [], missingWords: ['1.234'] });
    for (const age of [1234, 1.234]) {
      german({ age }, 0, cells);
      expect(cells[0]).toBe(age === 1234 ? null : 1.234);
    }
    const days = compileRowReader({ inputs: INPUTS, others: [], missingWords: ['9999-12-31'] });
    days({ ...GOOD, since: '9999-12-31' }, 0, cells);
    expect(cells[4]).toBeNull();
    reader({ ...GOOD, contract: '-999' }, 0, cells);
    expect(cells[2]).toBeNull();
  });

  it('takes an absent or null column for missing where the schema allows it', () => {
    const missing = [null, 9.5, null, null, null];
    expect(read({ 'total charges': 9.5 })).toEqual(missing);
    expect(read({ 'total charges': 9.5, age: null, contract: null, active: null, since: null })).toEqual(
      missing,
    );
  });

  it('refuses a row without a column that is not nullable, and takes null in it', () => {
    const refusal = { code: 'predict.missing-column', path: 'rows[3]["total charges"]' };
    expect(() => read({ age: 1 }, INPUTS, 3)).toThrow(expect.objectContaining(refusal));
    for (const charges of [null, 'NA', ''])
      expect(read({ age: 1, 'total charges': charges })).toEqual([1, null, null, null, null]);
  });

  it('refuses null in such a column too, where every input is needed', () => {
    const needing = compileRowReader(
      { inputs: INPUTS, others: [], missingWords: MISSING_WORDS },
      { needsAll: true, list: 'history' },
    );
    for (const row of [{}, { 'total charges': null }, { 'total charges': 'NA' }]) {
      expect(() => needing(row, 3, [])).toThrow(
        expect.objectContaining({ code: 'predict.missing-column', path: 'history[3]["total charges"]' }),
      );
    }
  });

  it.each(MISSING_WORDS.flatMap((word) => [word, ` ${word}\t`]).concat('', '   '))(
    'takes the missing-value word %j for a missing value, whatever the type',
    (word) => {
      const row = { age: word, 'total charges': word, contract: word, active: word, since: word };
      expect(read(row)).toEqual([null, null, null, null, null]);
    },
  );

  it('takes the words of the dataset alone, where it has its own', () => {
    const cells: Cell[] = [];
    const inputs = INPUTS.slice(0, 3);
    const reader = compileRowReader({ inputs, others: [], missingWords: ['k.A.', 'not yet known'] });
    reader({ age: 'k.A.', 'total charges': null, contract: ' not yet known' }, 0, cells);
    expect(cells).toEqual([null, null, null]);
    reader({ 'total charges': 1, contract: 'NA' }, 0, cells);
    expect(cells).toEqual([null, 1, 'NA']);
    expect(() => reader({ 'total charges': 1, age: 'NA' }, 0, cells)).toThrow(
      expect.objectContaining({ code: 'predict.wrong-type' }),
    );
  });

  it('keeps text that begins or ends as a missing-value word does', () => {
    for (const contract of ['NAME', 'NA NA', 'none', '- 5', 'n', ' Monthly ', 'Ünull'])
      expect(read({ ...GOOD, contract })[2]).toBe(contract);
  });

  it('takes the columns that the model does not use, whatever they hold', () => {
    for (const value of [7, 'seven', true, null, Number.POSITIVE_INFINITY, { a: [1, { b: 2 }] }, 'NA'])
      expect(read({ ...GOOD, id: value, churned: value, constructor: value }, INPUTS, 0, OTHERS)).toEqual(
        read(GOOD),
      );
  });

  it('refuses a column that it does not use only where it is nested without end', () => {
    const nested = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    expect(() => read({ ...GOOD, id: nested }, INPUTS, 2, OTHERS)).toThrow(
      expect.objectContaining({ code: 'predict.wrong-type', path: 'rows[2].id' }),
    );
  });

  it.each([
    ['Age', 'age'],
    ['total_charges', 'total charges'],
    ['total\u00a0charges', 'total charges'],
    [' contract', 'contract'],
    ['ID', 'id'],
  ])('refuses the column %j, which is %j in another spelling, and names that', (found, nearest) => {
    const row = Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== nearest));
    for (const near of [
      { ...row, [found]: 1 },
      { ...GOOD, [found]: 1 },
    ]) {
      expect(() => read(near, INPUTS, 1, OTHERS)).toThrow(
        expect.objectContaining({ code: 'predict.column-spelling', details: { found, nearest } }),
      );
    }
  });

  it('reads times as the dataset has them, and in ISO 8601', () => {
    const reading: ColumnReading & { as: 'timestamp' } = {
      as: 'timestamp',
      formats: ['%d/%m/%Y'],
      order: 'dmy',
      timeZone: 'Europe/Berlin',
    };
    const inputs: InputColumn[] = [{ name: 'since', type: 'timestamp', nullable: true, reading }];
    const midnight = Date.UTC(2023, 2, 31, 22);
    for (const since of ['01/04/2023', '2023-04-01', '2023-04-01T00:00', '2023-03-31T22:00Z'])
      expect(read({ since }, inputs)).toEqual([midnight]);
    expect(read({ since: 'NaT' }, inputs)).toEqual([null]);
    expect(() => read({ since: '31.04.2023' }, inputs)).toThrow(/%d\/%m\/%Y/);
    const utc: InputColumn[] = [{ ...inputs[0]!, reading: { ...reading, timeZone: 'UTC' } }];
    expect(read({ since: '01/04/2023' }, utc)).toEqual([Date.UTC(2023, 3, 1)]);
    expect(read({ since: '2023-04-01' }, utc)).toEqual([Date.UTC(2023, 3, 1)]);
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
