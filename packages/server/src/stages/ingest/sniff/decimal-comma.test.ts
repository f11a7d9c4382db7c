import { expect, test } from 'vitest';
import { hasDecimalComma } from './decimal-comma.ts';

test.each([
  [';', ['1,5', '2,25'], true],
  [';', ['1 000,5', '12\u202f345,50'], true],
  [';', ['1.234,5', '1,5'], true],
  [';', ['1,234', '5,678'], true],
  ['\t', ['1,234', '5,678'], false],
  ['\t', ['1,234.5', '2.5'], false],
  ['\t', ['1,5', '2,5'], true],
  [',', ['1,5', '2,5'], true],
  [',', ['1,5', '2.5'], false],
  [',', ['1,234', '5,678'], false],
  [';', ['1.5', '2.5'], false],
])('with %j between fields, %j have decimal commas: %j', (delimiter, cells, expected) => {
  expect(
    hasDecimalComma(
      delimiter,
      cells.map((cell) => [cell]),
    ),
  ).toBe(expected);
});
