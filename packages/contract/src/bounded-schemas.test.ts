import { expect, it } from 'vitest';
import { z } from 'zod';
import { boundedJson, recordOf } from './bounded-schemas.ts';

const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

it('a record takes as many keys as it says, and the JSON schema says how many', () => {
  const record = z.object({ types: recordOf(z.string(), z.int(), 3) });
  expect(record.safeParse({ types: keys(3) }).success).toBe(true);
  const refused = record.safeParse({ types: keys(4) });
  expect(refused.error?.issues).toMatchObject([{ path: ['types'], message: 'give at most 3 keys' }]);
  expect(z.toJSONSchema(record)).toMatchObject({ properties: { types: { maxProperties: 3 } } });
});

it('free JSON is taken within depth, values and characters, and no further', () => {
  const json = boundedJson({ depth: 2, values: 4, characters: 3 });
  const taken = (value: unknown) => json.safeParse(value).success;
  expect([1, null, 'abc', [[1, 2]], { a: { b: 1 } }, [1, 2, 3, 4]].map(taken)).not.toContain(false);
  expect(
    [[[[]]], { a: { b: {} } }, [1, 2, 3, 4, 5], [[1, 2], [3]], 'abcd', ['abcd'], { abcd: 1 }].map(taken),
  ).toEqual([...[false, false, false, false, false, false, false]]);
});

it('free JSON of any depth is told from what fits without a stack', () => {
  const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 0);
  expect(boundedJson({ depth: 10, values: 1000, characters: 10 }).safeParse(deep).success).toBe(false);
  expect(boundedJson({ depth: 200_000, values: 200_000, characters: 10 }).safeParse(deep).success).toBe(true);
});
