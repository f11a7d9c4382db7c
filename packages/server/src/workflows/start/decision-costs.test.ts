import { type ClassCosts, isFailure } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { costOfAnswer, settleCosts } from './decision-costs.ts';

const FIRST = { isRetraining: false };
const three = { task: 'multiclass' as const, target: 'kind', classes: ['cat', 'dog', 'bird'] };
const two = { task: 'binary' as const, target: 'churned', classes: ['no', 'yes'] };

function failureOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (isFailure(error)) return { code: error.code, path: error.path, details: error.details };
    throw error;
  }
  throw new Error('it was accepted');
}

describe('costs of named classes', () => {
  const costs: ClassCosts = {
    pairs: [
      { truth: 'cat', predicted: 'dog', cost: 5 },
      { truth: 'cat', cost: 3 },
      { predicted: 'dog', cost: 2 },
      { truth: 'bird', predicted: 'bird', cost: 0.5 },
    ],
    other: 1,
  };

  it('are those of the pair, else of its true class, else of the answered one, else the others', () => {
    const costOf = costOfAnswer(costs);
    expect([costOf('cat', 'dog'), costOf('cat', 'bird'), costOf('bird', 'dog')]).toEqual([5, 3, 2]);
    expect([costOf('bird', 'cat'), costOf('bird', 'bird'), costOf('cat', 'cat')]).toEqual([1, 0.5, 0]);
  });

  it('become a matrix in the order of the classes', () => {
    const { classCosts, costs: binary } = settleCosts(costs, three, FIRST);
    expect(classCosts!.matrix).toEqual([
      [0, 5, 3],
      [1, 0, 1],
      [1, 2, 0.5],
    ]);
    expect(binary).toBeUndefined();
  });

  it('of two classes are those of missed positives and false alarms', () => {
    const pairs = [
      { truth: 'yes', predicted: 'no', cost: 10 },
      { truth: 'yes', predicted: 'yes', cost: 2 },
    ];
    expect(settleCosts({ pairs, other: 1 }, two, FIRST).costs).toEqual({ fn: 10, fp: 1, tp: -2, tn: 0 });
  });

  it('name a class that there is none of, with the nearest', () => {
    const pairs = [{ truth: 'cat', predicted: 'brid', cost: 5 }];
    expect(failureOf(() => settleCosts({ pairs, other: 1 }, three, FIRST))).toMatchObject({
      code: 'costs.class-missing',
      path: 'costs.pairs[0]',
      details: { class: 'brid', target: 'kind', nearest: 'bird', known: ['cat', 'dog', 'bird'] },
    });
    expect(settleCosts({ pairs, other: 1 }, three, { isRetraining: true }).classCosts!.matrix[0]).toEqual([
      0, 1, 1,
    ]);
  });

  it.each([
    { pairs: [{ truth: 'cat', cost: 0 }], other: 0, answer: 'cat' },
    { pairs: [{ predicted: 'dog', cost: 0 }], other: 1, answer: 'dog' },
  ])('that make $answer the cheapest answer to every row are refused', ({ pairs, other, answer }) => {
    expect(failureOf(() => settleCosts({ pairs, other }, three, FIRST))).toMatchObject({
      code: 'costs.one-answer',
      details: { class: answer },
    });
  });
});

it('costs of a number, and of two classes where there are three, are refused with the reason', () => {
  const binary = { fn: 1, fp: 1, tp: 0, tn: 0 };
  const numbers = { task: 'regression' as const, target: 'price', classes: [] };
  const pairs = [{ truth: 'a', cost: 1 }];
  expect(failureOf(() => settleCosts({ pairs, other: 1 }, numbers, FIRST))).toMatchObject({
    code: 'costs.unfit',
    details: { reason: expect.stringMatching(/predicts numbers/) },
  });
  expect(failureOf(() => settleCosts(binary, three, FIRST))).toMatchObject({
    code: 'costs.unfit',
    details: { reason: expect.stringMatching(/of two classes/) },
  });
  expect(settleCosts(binary, two, FIRST).costs).toEqual(binary);
  expect(settleCosts(undefined, three, FIRST)).toEqual({});
});
