import { rolloutPlanSchema } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { judgeQuality, type Measure, type VersionQuality } from './quality.ts';

const { abort } = rolloutPlanSchema.parse({});
const share = (had: number, of: number) => ({ had, of });

function version(found: Partial<VersionQuality>): VersionQuality {
  return { wrong: share(0, 0), missed: [], measures: [], ...found };
}

const verdicts = (own: Partial<VersionQuality>, former: Partial<VersionQuality>, significance = 0.005) =>
  Object.fromEntries(
    judgeQuality({ version: version(own), former: version(former) }, abort, significance).map(
      ({ rule, verdict }) => [rule, verdict],
    ),
  );

const classes = (...shares: [number, number][]) => ({
  missed: shares.map(([had, of], i) => ({ name: `c${i}`, had, of })),
});

describe('the rules on labels', () => {
  it('say that there are too few where none came in', () => {
    const checks = judgeQuality(null, abort, 0.01);
    expect(checks.map(({ rule }) => rule)).toEqual(['quality', 'classes', 'measures']);
    expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['too-few']));
  });

  it('find a rare class that is missed more often among many that are not', () => {
    const own = classes([20, 2400], [200, 400]);
    expect(verdicts(own, classes([20, 2400], [130, 400]))).toMatchObject({ classes: 'worse' });
    expect(verdicts(own, classes([20, 2400], [195, 400]))).toMatchObject({ classes: 'fine' });
  });

  it('share their chance among the classes that they compare', () => {
    const [own, former] = [
      [19, 40],
      [8, 40],
    ] as [[number, number], [number, number]];
    const others = Array.from({ length: 30 }, (): [number, number] => [4, 40]);
    expect(verdicts(classes(own), classes(former), 0.05)).toMatchObject({ classes: 'worse' });
    expect(verdicts(classes(own, ...others), classes(former, ...others), 0.05)).not.toMatchObject({
      classes: 'worse',
    });
  });

  it('leave out a class of which either version saw hardly any', () => {
    expect(verdicts(classes([4, 4]), classes([0, 40]))).toMatchObject({ classes: 'too-few' });
  });

  it('may not abort where the look has nothing to spend, and hold all the same', () => {
    expect(verdicts(classes([200, 400]), classes([130, 400]), 0)).toMatchObject({ classes: 'uncertain' });
  });

  it('compare a loss by how much larger it is, and a ROC AUC by how much lower', () => {
    const measure = (id: Measure['id'], value: number, variance: number): Partial<VersionQuality> => ({
      measures: [{ id, value, variance, freedom: 500 }],
    });
    expect(verdicts(measure('log-loss', 0.5, 1e-4), measure('log-loss', 0.4, 1e-4))).toMatchObject({
      measures: 'worse',
    });
    expect(verdicts(measure('log-loss', 0.42, 1e-7), measure('log-loss', 0.4, 1e-7))).toMatchObject({
      measures: 'fine',
    });
    expect(verdicts(measure('roc-auc', 0.8, 1e-4), measure('roc-auc', 0.9, 1e-4))).toMatchObject({
      measures: 'worse',
    });
    expect(verdicts(measure('roc-auc', 0.95, 1e-4), measure('roc-auc', 0.9, 1e-4))).toMatchObject({
      measures: 'fine',
    });
    const checks = judgeQuality(
      { version: version(measure('rmse', 9, 0.1)), former: version(measure('rmse', 4, 0.1)) },
      abort,
      0.005,
    );
    expect(checks.at(-1)!.says).toBe('RMSE is 3 on the labelled predictions; 2 of the previous version.');
  });
});
