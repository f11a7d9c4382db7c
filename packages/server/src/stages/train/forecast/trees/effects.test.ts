import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../kernel/index.ts';
import type { Frequency } from '../model.ts';
import { explainedAt, fitEffects, residualSeries } from './effects.ts';
import { fitVariant } from './fit-trees.ts';
import { standardOf, summed } from './origin.ts';
import { projectTrees } from './project-trees.ts';
import { planTrees } from './tree-plan.ts';

const HOUR = 3_600_000;
const LENGTH = 3_000;
const frequency: Frequency = { kind: 'fixed', unit: 'time', step: HOUR, origin: 0 };
const covariate = { name: 'heat', use: 'known' as const, type: 'number' as const, levels: [] };
const random = seededRandom(4);
const heat = Array.from({ length: LENGTH + 24 }, () => random());

/** A profile of the day, what the heat of the hour adds, and a level that rises once, which neither explains. */
const valueAt = (step: number) =>
  100 + 10 * Math.sin((2 * Math.PI * step) / 24) + 40 * heat[step]! + (step < 2_000 ? 0 : 30);
const values = Float64Array.from({ length: LENGTH }, (_, step) => valueAt(step));
const series = {
  history: summed(values),
  ...standardOf(values),
  start: 0,
  fixed: [],
  knownAt: (_: number, step: number) => heat[step] ?? Number.NaN,
};
const plan = planTrees(frequency, [24], 24, [covariate]);
const request = {
  plan,
  series: [series],
  ends: [LENGTH],
  scales: [10],
  mostRows: 20_000,
  seed: 1,
};
const never = () => false;

describe('what the calendar and known columns explain', () => {
  const effects = fitEffects(request, never)!;

  it('asks for the column that matters, and leaves the level in the residuals', () => {
    expect(effects.asked).toEqual(['heat']);
    const { history } = residualSeries(effects.model, plan, series, [0, LENGTH - 1]);
    const meanOf = (from: number, to: number) => (history.sums[to]! - history.sums[from]!) / (to - from);
    const rise = (meanOf(2_000, LENGTH) - meanOf(0, 2_000)) * series.deviation;
    expect(rise).toBeGreaterThan(28);
    expect(rise).toBeLessThan(31);
    expect(standardOf(history.values).deviation).toBeLessThan(0.8);
  });

  it('is the same of a part of a series and of the whole', () => {
    const whole = explainedAt(effects.model, plan, series, [0, LENGTH + 23]);
    expect(explainedAt(effects.model, plan, series, [500, 520])).toEqual(whole.slice(500, 521));
  });

  it('is added to what is forecast of the residuals', () => {
    const fit = fitVariant(request, () => undefined, {
      base: 'mean',
      useKnown: true,
      rounds: null,
      shouldStop: never,
    })!;
    expect(fit.asked).toContain('heat');
    const [said] = projectTrees(fit, [series], [LENGTH - 1], 24);
    const errors = Array.from(said!, (value, k) => Math.abs(value - valueAt(LENGTH + k)));
    expect(Math.max(...errors)).toBeLessThan(4);
  });

  it('is nothing without calendar, season or known column', () => {
    const numbered: Frequency = { kind: 'fixed', unit: 'number', step: 1, origin: 0 };
    const bare = { ...request, plan: planTrees(numbered, [], 24, []) };
    expect(fitEffects(bare, never)).toBeUndefined();
  });
});
