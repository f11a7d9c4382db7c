import { describe, expect, it } from 'vitest';
import { columnOf } from '../../testing/tables.ts';
import type { TableSchema } from '../ingest/index.ts';
import { missingWordsOf, otherColumnsOf, rowColumnsOf, withWordsMissing } from './row-columns.ts';

const SCHEMA: TableSchema = {
  columns: [
    { name: 'id', type: 'number', role: 'identifier', nullable: false, reading: { as: 'string' } },
    { name: 'x', type: 'number', role: 'numeric', nullable: false },
    { name: 'y', type: 'boolean', role: 'boolean', nullable: false },
  ],
};
const INPUTS = [{ name: 'x', type: 'number' as const, nullable: false }];

describe('the columns that a row may hold', () => {
  it('are the inputs and every other column of the dataset, with how its text is read', () => {
    expect(otherColumnsOf(SCHEMA, INPUTS)).toEqual({
      others: [
        { name: 'id', type: 'number', reading: { as: 'string' } },
        { name: 'y', type: 'boolean' },
      ],
    });
    expect(otherColumnsOf({ ...SCHEMA, missingWords: ['?'] }, INPUTS).missingWords).toEqual(['?']);
  });

  it('are told by target and left-out columns where a bundle has not kept them', () => {
    const dropped = [{ name: 'id', reason: 'identifier' as const, says: '' }];
    const told = rowColumnsOf({ inputs: INPUTS, target: 'y', dropped });
    expect(told.others.map(({ name }) => name)).toEqual(['y', 'id']);
    expect(told.missingWords).toContain('NA');
    expect(rowColumnsOf({ inputs: INPUTS, target: 'y', others: [], missingWords: [] })).toEqual({
      inputs: INPUTS,
      others: [],
      missingWords: [],
    });
  });
});

describe('missing-value words', () => {
  it('are missing in every column of text but the target, and other tables stay as they are', () => {
    const words = ['EU', ' NA ', null, 'NA', 'NAME'];
    const columns = [columnOf('region', words), columnOf('target', words)];
    const [region, target] = withWordsMissing({ rows: 5, columns }, ['NA'], 'target').columns;
    const textsOf = (column: typeof region) =>
      column?.type === 'string' && Array.from(column.codes, (code) => column.dictionary[code] ?? null);
    expect(textsOf(region)).toEqual(['EU', null, null, null, 'NAME']);
    expect(target).toBe(columns[1]);
    const none = withWordsMissing({ rows: 5, columns }, ['?'], 'target').columns;
    expect(none).toEqual(columns);
  });

  it('are none that a category or a lookup tells apart', () => {
    const features = [
      { kind: 'category' as const, name: 'a', column: 'a', levels: ['NA', 'EU'] },
      {
        kind: 'cross' as const,
        name: 'b',
        of: [{ kind: 'words' as const, column: 'b', levels: ['?'] }],
        keys: [0],
      },
    ];
    expect(missingWordsOf({ missingWords: ['NA', '?', '-'], features })).toEqual(['-']);
  });
});
