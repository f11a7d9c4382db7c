import { expect, it } from 'vitest';
import { shownValue } from './shown-value.ts';

it('shows any value that JSON can hold', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
  const own = JSON.parse('{"toString":1,"valueOf":null}') as unknown;
  const values = ['x'.repeat(200), 12345678901234567890n, -0.5, true, null, undefined, [1, 2], deep, own];
  expect(values.map((value) => shownValue(value, 20))).toEqual([
    ...[
      'x'.repeat(20),
      '12345678901234567890',
      '-0.5',
      'true',
      'null',
      'undefined',
      'a list',
      'a list',
      'an object',
    ],
  ]);
});
