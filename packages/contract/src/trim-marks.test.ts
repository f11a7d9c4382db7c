import { expect, test } from 'vitest';
import { trimEndMarks, trimMarks } from './trim-marks.ts';

test('marks are left out at the end, or at both ends, and nowhere else', () => {
  expect(trimEndMarks('--a-b--', '-')).toBe('--a-b');
  expect(trimEndMarks('a\r\n\n', '\r\n')).toBe('a');
  expect(trimMarks('--a-b--', '-')).toBe('a-b');
  expect([trimMarks('----', '-'), trimMarks('', '-'), trimEndMarks('/', '/')]).toEqual(['', '', '']);
});
