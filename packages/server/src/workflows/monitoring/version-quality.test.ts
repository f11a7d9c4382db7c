import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import { compareVersions, type Told } from './version-quality.ts';

/** Predictions of a binary model: the probability of `yes`, and what happened. */
const binary = (scores: readonly number[], truths: readonly string[]): Told[] =>
  scores.map((score, i) => ({
    value: score >= 0.5 ? 'yes' : 'no',
    score,
    probabilities: { no: 1 - score, yes: score },
    truth: truths[i]!,
  }));

const numbers = (values: readonly number[], truths: readonly number[]): Told[] =>
  values.map((value, i) => ({ value, score: value, truth: String(truths[i]) }));

const measuresOf = (told: Told[], aim = {}) =>
  new Map(compareVersions(told, told, aim).version.measures.map((measure) => [measure.id, measure]));

function mixed(count: number, seed = 1): Told[] {
  const random = seededRandom(seed);
  const truths = Array.from({ length: count }, () => (random() < 0.3 ? 'yes' : 'no'));
  return binary(
    truths.map((truth) =>
      Math.min(0.99, Math.max(0.01, (truth === 'yes' ? 0.6 : 0.35) + 0.5 * (random() - 0.5))),
    ),
    truths,
  );
}

describe('the measures of a version', () => {
  it('of two classes are the log loss and, with ten rows of each, the ROC AUC', () => {
    const told = mixed(200);
    const ups = told.filter(({ truth }) => truth === 'yes');
    const downs = told.filter(({ truth }) => truth === 'no');
    let won = 0;
    for (const up of ups)
      for (const down of downs) won += up.score > down.score ? 1 : up.score === down.score ? 0.5 : 0;
    const measures = measuresOf(told);
    expect(measures.get('roc-auc')!.value).toBeCloseTo(won / (ups.length * downs.length), 12);
    const logLoss =
      told.reduce((sum, { truth, score }) => sum - Math.log(truth === 'yes' ? score : 1 - score), 0) / 200;
    expect(measures.get('log-loss')!.value).toBeCloseTo(logLoss, 12);
    expect([...measuresOf(told.filter(({ truth }) => truth === 'no')).keys()]).toEqual(['log-loss']);
  });

  it('know less of a ROC AUC of 1 on few rows than that there is no doubt', () => {
    const truths = Array.from({ length: 24 }, (_, i) => (i < 12 ? 'no' : 'yes'));
    const { value, variance } = measuresOf(
      binary(
        truths.map((_, i) => i / 24),
        truths,
      ),
    ).get('roc-auc')!;
    expect(value).toBe(1);
    expect(Math.sqrt(variance)).toBeGreaterThan(0.01);
  });

  it('count an outcome that the model holds for impossible, and one that it does not know', () => {
    const certain = binary(Array(30).fill(1), ['no', ...Array(28).fill('yes'), 'maybe']);
    expect(measuresOf(certain).get('log-loss')!.value).toBeCloseTo((2 * Math.log(1e6)) / 30, 9);
  });

  it('are those that the model was trained for', () => {
    const told = numbers(
      Array(40).fill(10),
      Array.from({ length: 40 }, (_, i) => i),
    );
    expect([...measuresOf(told).keys()]).toEqual(['rmse']);
    expect(measuresOf(told, { metric: 'mae' }).get('mae')!.value).toBeCloseTo(
      Array.from({ length: 40 }, (_, i) => Math.abs(i - 10)).reduce((a, b) => a + b) / 40,
      12,
    );
    const pinball = measuresOf(told, { quantile: 0.9 }).get('pinball')!.value;
    expect(pinball).toBeGreaterThan(measuresOf(told, { quantile: 0.5 }).get('pinball')!.value);
    const costs = { fn: 10, fp: 1, tp: 0, tn: 0 };
    const cost = measuresOf(
      binary(
        [...Array(15).fill(0.1), ...Array(15).fill(0.9)],
        [...Array(15).fill('yes'), ...Array(15).fill('no')],
      ),
      { costs },
    );
    expect(cost.get('cost')!.value).toBeCloseTo(5.5, 12);
  });

  it('need twenty rows', () => {
    expect(measuresOf(mixed(19))).toEqual(new Map());
  });
});
