import { describe, expect, it } from 'vitest';
import type { Frequency, TreePlan } from '../model.ts';
import { standardOf, summed } from './origin.ts';
import { planTrees } from './tree-plan.ts';
import { treeRows } from './tree-rows.ts';

const HALF_HOUR = 1_800_000;
const frequency: Frequency = { kind: 'fixed', unit: 'time', step: HALF_HOUR, origin: 0 };
const SEASONS = [48];
const values = Float64Array.from({ length: 400 }, (_, i) => 10 + Math.sin((2 * Math.PI * i) / 48) + i / 100);
const covariate = { name: 'temperature', use: 'known' as const, type: 'number' as const, levels: [] };
/** Twice the step, known from the first value on. */
const one = (history: Float64Array, start: number) => ({
  history: summed(history),
  ...standardOf(history),
  start,
  fixed: [],
  knownAt: (_: number, step: number) => (step < 0 ? Number.NaN : 2 * step),
});

const plan = planTrees(frequency, SEASONS, 48, [covariate]);
const cellsOf = (made: ReturnType<typeof treeRows>) => made.features.columns.map((column) => column[0]!);

describe('features of the trees', () => {
  it('tell how far what is known is from where the seasonal forecast comes from', () => {
    const made = treeRows(plan, [one(values, 0)], [{ series: 0, at: 299, step: 5 }]);
    const known = cellsOf(made).filter((_, feature) => made.knownOf[feature] === 'temperature');
    // The value itself; its distance from the last value known, from a day before, and from the mean of three days.
    expect(known).toEqual([2 * 304, 2 * 5, 2 * 48, 2 * 96]);
  });

  it('take what is not told of the past for no change', () => {
    const made = treeRows(plan, [one(values, -300)], [{ series: 0, at: 299, step: 5 }]);
    const known = cellsOf(made).filter((_, feature) => made.knownOf[feature] === 'temperature');
    expect(known).toEqual([8, 0, 0, 0]);
  });

  it('are the same of a whole series and of the tail that a model keeps', () => {
    const tail = values.slice(50);
    const whole = treeRows(plan, [one(values, 0)], [{ series: 0, at: 399, step: 7 }]);
    const kept = treeRows(plan, [one(tail, 50)], [{ series: 0, at: 349, step: 7 }]);
    cellsOf(whole).forEach((cell, feature) => {
      expect(cellsOf(kept)[feature]).toBeCloseTo(cell, 4);
    });
    expect(kept.scale[0]).toBeCloseTo(whole.scale[0]!, 9);
  });

  it('of models made before are as they were: hour and minute apart, and of known columns the value alone', () => {
    const { form: _, ...rest } = plan;
    const former: TreePlan = rest;
    const made = treeRows(former, [one(values, 0)], [{ series: 0, at: 299, step: 5 }]);
    const cells = cellsOf(made);
    // Step 304 is 08:00 of the seventh day, a Wednesday.
    expect(cells.slice(-5)).toEqual([0, 8, 3, 0, 2 * 304]);
    expect(cells).toHaveLength(1 + 11 + 1 + 4 + 5);
  });
});
