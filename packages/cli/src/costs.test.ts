import { decisionCostsSchema } from '@slipway/contract';
import { expect, it } from 'vitest';
import { costsOf } from './costs.ts';

it('costs of two classes are read as ever', () => {
  expect(costsOf('fn=10, fp=1')).toEqual({ fn: 10, fp: 1, tp: 0, tn: 0 });
  expect(costsOf('fn=10,fp=1,tp=2,tn=0.5')).toEqual({ fn: 10, fp: 1, tp: 2, tn: 0.5 });
});

it('costs of named classes are read by true and answered class, with what all others cost', () => {
  expect(costsOf('cat:dog=5, dog:*=2,*:bird=3,other=0.5')).toEqual({
    pairs: [
      { truth: 'cat', predicted: 'dog', cost: 5 },
      { truth: 'dog', cost: 2 },
      { predicted: 'bird', cost: 3 },
    ],
    other: 0.5,
  });
  expect(costsOf('fn:fp=2')).toEqual({ pairs: [{ truth: 'fn', predicted: 'fp', cost: 2 }], other: 1 });
});

it('names with the characters of the syntax are quoted', () => {
  expect(costsOf(String.raw`"a:b":"c,d=\"e\""=5,f g:h=1`)).toMatchObject({
    pairs: [
      { truth: 'a:b', predicted: 'c,d="e"', cost: 5 },
      { truth: 'f g', predicted: 'h', cost: 1 },
    ],
  });
});

it('an option that is given again adds its pairs', () => {
  expect(costsOf('b:a=2', costsOf('a:b=5,other=3'))).toEqual({
    pairs: [
      { truth: 'a', predicted: 'b', cost: 5 },
      { truth: 'b', predicted: 'a', cost: 2 },
    ],
    other: 3,
  });
  expect(() => costsOf('fn=1,fp=1', costsOf('a:b=5'))).toThrow(/only costs of named classes add up/);
});

it.each([
  ['', /write costs as/],
  ['fn=5', /Give both fn/],
  ['fn=5,fn=6,fp=1', /fn=6: write costs as/],
  ['cat:dog', /cat:dog: write costs as/],
  ['cat:dog=', /write costs as/],
  ['cat:dog=many', /write costs as/],
  ['cat:dog=Infinity', /write costs as/],
  ['cat:dog=5,fp=1', /fp=1: beside costs of named classes only other/],
  ['cat:dog=5,other=1,other=2', /only other=COST, once/],
  ['other=2', /write costs as/],
])('refuses %j with how to write it', (text, says) => {
  expect(() => costsOf(text)).toThrow(says);
});

const issuesOf = (costs: unknown) => {
  const { error } = decisionCostsSchema.safeParse(costs);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

it('the server refuses what no costs can be', () => {
  const pairs = [{ truth: 'a', predicted: 'b', cost: 5 }];
  expect(issuesOf({ pairs })).toBeUndefined();
  expect(issuesOf({ pairs: [{ ...pairs[0], cost: -1 }] })).toEqual([
    expect.stringMatching(/^pairs.0.cost: /),
  ]);
  expect(issuesOf({ pairs: [{ ...pairs[0], cost: Number.POSITIVE_INFINITY }] })).toHaveLength(1);
  expect(issuesOf({ pairs: [...pairs, ...pairs] })).toEqual([expect.stringMatching(/name it once/)]);
  expect(issuesOf({ pairs: [{ cost: 1 }] })).toEqual([expect.stringMatching(/Each pair names/)]);
  expect(issuesOf({ pairs: [] })).toHaveLength(1);
  expect(issuesOf({ fn: 0, fp: 1 })).toEqual([expect.stringMatching(/must cost more than the right one/)]);
  expect(issuesOf({ dog: 1 })).toEqual([
    expect.stringMatching(/^: Give fn and fp for two classes, or pairs/),
  ]);
});
