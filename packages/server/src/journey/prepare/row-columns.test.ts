import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../ingest/index.ts';
import { otherColumnsOf, rowColumnsOf } from './row-columns.ts';

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
