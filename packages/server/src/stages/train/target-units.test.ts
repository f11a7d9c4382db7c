import { expect, test } from 'vitest';
import { sampleData } from '../../testing/sample-training.ts';
import { predictAdditive } from './predict.ts';
import { searchState } from './search/search-state.ts';
import { fitTargetUnits, fromUnits, inUnits, modelFromUnits } from './target-units.ts';

const { binned: _, ...data } = sampleData('regression', 200, 1);
const moved = (move: (y: number) => number) => ({ ...data, target: data.target.map(move) });

test.each([
  ['as they are', (y: number) => y],
  ['thousands', (y: number) => 1000 * y + 20_000],
  ['equal', () => 1e-30],
])('targets that are %s keep their units', (_, move) => {
  expect(fitTargetUnits(moved(move).target)).toBeNull();
});

test.each([
  ['far from zero', (y: number) => 1.7e9 + y],
  ['tiny', (y: number) => 1e-200 * y],
  ['huge', (y: number) => 1e200 * y],
])('targets that are %s are of size one in their units, and come back as they were', (_, move) => {
  const { target } = moved(move);
  const units = fitTargetUnits(target)!;
  const learnt = inUnits(target, units);
  expect(Math.max(...learnt.map(Math.abs))).toBeLessThan(20);
  expect(Number.isInteger(Math.log2(units.scale))).toBe(true);
  const spread = Math.max(...target) - Math.min(...target);
  fromUnits(learnt, units).forEach((y, row) => {
    expect(Math.abs(y - target[row]!)).toBeLessThanOrEqual(1e-15 * Math.abs(target[row]!) + 1e-12 * spread);
  });
});

test('a model learnt in units predicts the target itself', () => {
  const units = { center: 1.7e9, scale: 4 };
  const tree = { output: 0, feature: [-1], threshold: [0], categories: [null], left: [-1], right: [-1] };
  const trees = [{ ...tree, missingLeft: [0], cover: [1], value: [0.5] }];
  const model = { link: 'identity' as const, outputs: 1, base: [0.25], trees, linear: [], parts: [] };
  const { values } = predictAdditive(modelFromUnits(model, units), data.features);
  expect(values[0]).toBe(1.7e9 + 0.75 / 4);
});

test('targets of counts, and parameters in units of the target, mean what they say', () => {
  const tiny = moved((y) => 1e-11 * Math.abs(y));
  const unitsWith = (params: Record<string, number | string>) =>
    searchState(tiny, { seed: 1, goal: { learner: 'boosted-trees', params } }).units;
  expect(unitsWith({})?.scale).toBeGreaterThan(1e8);
  expect(unitsWith({ objective: 'poisson' })).toBeNull();
  expect(unitsWith({ objective: 'huber', huberDelta: 1e-11 })).toBeNull();
  expect(unitsWith({ l1: 1e-12 })).toBeNull();
});
