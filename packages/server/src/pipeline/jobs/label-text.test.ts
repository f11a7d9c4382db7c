import { expect, test } from 'vitest';
import { labelTexts } from './label-text.ts';

const MISSING = ['NA', '-', 'null'];

test.each([
  ['1', '1'],
  ['1.0', '1'],
  [' 0 ', '0'],
  ['NA', null],
  ['', null],
  ['yes', undefined],
])('a label %j of a number target of classes is %j', (text, label) => {
  const read = labelTexts({
    type: 'number',
    reading: { as: 'number', decimal: '.', thousands: '' },
    missingWords: MISSING,
    classes: ['0', '1'],
  });
  expect(read(text)).toBe(label);
});

test('numbers are read as the dataset writes them', () => {
  const reading = { as: 'number', decimal: ',', thousands: '.' } as const;
  const read = labelTexts({ type: 'number', reading, missingWords: MISSING, classes: [] });
  expect(['1.234,5', '2,50', '12.5', '-'].map(read)).toEqual(['1234.5', '2.5', undefined, null]);
});

test('truth is true, false, 1 or 0 in any case', () => {
  const read = labelTexts({
    type: 'boolean',
    reading: { as: 'boolean' },
    missingWords: [],
    classes: ['false', 'true'],
  });
  expect(['True', 'FALSE', '1', '0', 'yes', ' true '].map(read)).toEqual([
    'true',
    'false',
    'true',
    'false',
    undefined,
    'true',
  ]);
});

test('a word that usually means a missing value is a label where it is a class', () => {
  const read = labelTexts({
    type: 'string',
    reading: { as: 'string' },
    missingWords: MISSING,
    classes: ['+', '-', 'a b'],
  });
  expect(['-', ' - ', '+', 'NA', 'a b ', 'never seen'].map(read)).toEqual([
    '-',
    '-',
    '+',
    null,
    'a b',
    'never seen',
  ]);
});
