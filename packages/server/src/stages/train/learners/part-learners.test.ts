import { describe, expect, test } from 'vitest';
import { matrixOf, rowsOf, sampleData, thirds } from '../../../testing/sample-training.ts';
import { averageModels } from '../ensemble-models.ts';
import { measure } from '../metrics/index.ts';
import type { Part } from '../model.ts';
import { applyLink, predictAdditive, rawScores } from '../predict.ts';
import { roundModel } from '../round-model.ts';
import { binFeatures } from './boosted-trees/index.ts';
import { LEARNERS, type LearnerData, type LearnerId } from './index.ts';

const NEVER = () => false;
const ROWS = 1500;
const split = thirds(ROWS);
const SMALLER: Partial<Record<LearnerId, Record<string, number>>> = {
  'random-forest': { trees: 30 },
  'extra-trees': { trees: 30 },
  network: { epochs: 25, width: 32 },
};

function fit(learner: LearnerId, data: LearnerData, context: Partial<Parameters<typeof run>[2]> = {}) {
  return run(learner, data, { ...split, seed: 1, shouldStop: NEVER, ...context });
}

function run(
  learner: LearnerId,
  data: LearnerData,
  context: { rows: Int32Array; validation: Int32Array; seed: number; shouldStop(): boolean },
) {
  const params = { ...LEARNERS[learner].defaults, ...SMALLER[learner] };
  return LEARNERS[learner].fit(data, params, context);
}

const IDS = ['random-forest', 'extra-trees', 'neighbours', 'network'] as const;

describe.each(IDS)('%s', (learner) => {
  describe.each(['binary', 'multiclass', 'regression'] as const)('for %s', (task) => {
    const data = sampleData(task, ROWS);
    const whole = fit(learner, data);

    test('reports the margins of its model for validation rows', () => {
      rawScores(whole.model, rowsOf(data.features, split.validation)).forEach((score, i) => {
        expect(Math.abs(whole.validationMargins[i]! - score)).toBeLessThan(
          1e-4 * Math.max(1, Math.abs(score)),
        );
      });
    });

    test('learns, missing values and categories included', () => {
      const target = Float64Array.from(split.validation, (row) => data.target[row]!);
      const measured = measure(task, target, applyLink(whole.model, whole.validationMargins));
      if (task === 'regression') expect(measured.r2).toBeGreaterThan(0.75);
      else expect(measured['roc-auc']).toBeGreaterThan(0.85);
    });

    test('gives the same model for the same seed, and finite margins for whatever comes', () => {
      expect(fit(learner, data).model).toEqual(whole.model);
      const strange = matrixOf(
        [
          [Number.NaN, Number.POSITIVE_INFINITY, -3.4e38],
          [Number.NEGATIVE_INFINITY, Number.NaN, 0],
          [5, 5, Number.NaN],
          [1e30, Number.NaN, -0],
        ],
        { 2: 6 },
      );
      for (const value of predictAdditive(whole.model, strange).values) expect(value).toBeTypeOf('number');
      for (const score of rawScores(whole.model, strange)) expect(Number.isFinite(score)).toBe(true);
    });

    test('says which features it follows, and noise much less', () => {
      const [part] = whole.model.parts as [Part];
      const influence = (feature: number) => part.influence[part.features.indexOf(feature)]!;
      for (const feature of [0, 1, 2]) expect(influence(feature)).toBeGreaterThan(2 * influence(3));
      expect(whole.importance).toHaveLength(4);
    });
  });

  test('fits without validation rows, by what they would have settled', () => {
    const data = sampleData('binary', ROWS);
    const { settled } = fit(learner, data);
    const again = LEARNERS[learner].fit(data, LEARNERS[learner].settle([settled, settled]), {
      rows: split.rows,
      validation: new Int32Array(0),
      seed: 1,
      shouldStop: NEVER,
    });
    expect(again.curve).toEqual([]);
    const { values } = predictAdditive(again.model, rowsOf(data.features, split.validation));
    const target = Float64Array.from(split.validation, (row) => data.target[row]!);
    expect(measure('binary', target, { rows: values.length, outputs: 1, values })['roc-auc']).toBeGreaterThan(
      0.8,
    );
  });

  test('ends when told to, with a model', () => {
    const data = sampleData('multiclass', ROWS);
    let asked = 0;
    const cut = fit(learner, data, { shouldStop: () => ++asked >= 1 });
    expect(cut.cutShort).toBe(true);
    for (const score of rawScores(cut.model, data.features)) expect(Number.isFinite(score)).toBe(true);
  });

  test('follows the weights of rows', () => {
    const data = sampleData('binary', ROWS);
    const weights = data.target.map((value) => (value === 1 ? 20 : 1));
    const mean = (one: LearnerData) => {
      const { values } = predictAdditive(fit(learner, one).model, data.features);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(mean({ ...data, weights })).toBeGreaterThan(mean(data) + 0.05);
  });

  test('has defaults that it would take, and a space within what it takes', () => {
    const { defaults, space, unfit } = LEARNERS[learner];
    for (const [name, value] of Object.entries(defaults)) expect(unfit!(name, value), name).toBeUndefined();
    for (const [name, range] of Object.entries(space)) {
      const ends = range!.kind === 'choice' ? range!.of : [range!.low, range!.high];
      for (const end of ends) expect(unfit!(name, end), name).toBeUndefined();
    }
  });

  test('bears features that are constant, missing throughout, or all there is', () => {
    const flat = Array.from({ length: 60 }, () => 7);
    const features = matrixOf([flat, flat.map(() => Number.NaN)]);
    const target = Float64Array.from(flat, (_, row) => row % 2);
    const data: LearnerData = { task: 'binary', classes: 2, features, target, binned: binFeatures(features) };
    const { model } = run(learner, data, { ...thirds(60), seed: 1, shouldStop: NEVER });
    for (const value of predictAdditive(roundModel(model), features).values) {
      expect(value).toBeGreaterThan(0.2);
      expect(value).toBeLessThan(0.8);
    }
  });
});

test('a bag of forests is one forest as large as each of them, about as good as their mean', () => {
  const data = sampleData('binary', ROWS);
  const forests = [1, 2, 3].map((seed) => fit('random-forest', data, { seed }).model);
  const bag = averageModels(forests);
  const [part] = bag.parts as [Extract<Part, { kind: 'forest' }>];
  expect(bag.parts).toHaveLength(1);
  expect(part.trees).toHaveLength(30);
  const lossOf = (model: typeof bag) =>
    measure('binary', data.target, predictAdditive(model, data.features))['log-loss']!;
  const single = forests.map(lossOf);
  expect(lossOf(bag)).toBeLessThan(Math.max(...single) * 1.02);
});
