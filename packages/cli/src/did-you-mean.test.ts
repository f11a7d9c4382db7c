import { fail } from '@slipway/contract';
import { expect, it } from 'vitest';
import { nearest, nearestRight } from './did-you-mean.ts';

it.each([
  ['incom', ['age', 'income', 'y'], 'income'],
  ['Chrun', ['churn', 'tenure'], 'churn'],
  ['wholly other', ['age', 'income'], undefined],
  ['ab', ['xy'], undefined],
])('%j is nearest to what it was meant to be', (given, names, expected) => {
  expect(nearest(given, names)).toBe(expected);
});

it('a failure that tells the right names is enough', async () => {
  const failure = fail('target.missing', { target: 'incom', dataset: 'd', columns: ['age', 'income'] });
  expect(await nearestRight(failure, undefined)).toBe('income');
  expect(await nearestRight(new Error('x'), undefined)).toBeUndefined();
});
