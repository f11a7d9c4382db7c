import { expect, test } from 'vitest';
import { distinctDigits } from './distinct-digits.ts';

test.each([
  [[1, 2, 3.5], 6],
  [[1_700_000_000, 1_700_000_123], 9],
  [[1_700_000_000, 1_700_000_001], 12],
  [[0.1, 0.1 + 2 ** -54], 17],
  [[5, 5], 6],
  [[], 6],
])('%j needs %i digits', (values, digits) => {
  expect(distinctDigits(values)).toBe(digits);
});
