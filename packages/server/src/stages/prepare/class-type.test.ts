import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../ingest/index.ts';
import { classTypeOf, classValue } from './class-type.ts';

const typeOf = (type: ColumnType, classes: string[]) =>
  classTypeOf({ target: 'y', classes, others: [{ name: 'y', type }] });

describe('the type of classes', () => {
  it.each([
    ['number', ['0', '1'], 'integer'],
    ['number', ['-3', '12'], 'integer'],
    ['number', ['0.5', '1'], 'number'],
    ['number', ['1e+21', '0'], 'number'],
    ['boolean', ['false', 'true'], 'boolean'],
    ['string', ['0', '1'], 'string'],
    ['string', ['007', '1'], 'string'],
    ['timestamp', ['2024', '2025'], 'string'],
    ['number', [], 'string'],
  ] as const)('of a column of %s with the classes %j is %s', (type, classes, expected) => {
    expect(typeOf(type, [...classes])).toBe(expected);
  });

  it('is text where the bundle does not tell the type of the target', () => {
    expect(classTypeOf({ target: 'y', classes: ['0', '1'] })).toBe('string');
  });

  it('gives each class as it is answered', () => {
    expect([
      classValue('integer', '-3'),
      classValue('boolean', 'true'),
      classValue('boolean', 'false'),
    ]).toEqual([-3, true, false]);
    expect(classValue('string', '0')).toBe('0');
  });
});
