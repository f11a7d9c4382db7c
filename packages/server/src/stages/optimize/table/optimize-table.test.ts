import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../kernel/index.ts';
import { randomFeatures, randomModel } from '../../../testing/random-model.ts';
import {
  type AdditiveModel,
  METRICS,
  modelFromUnits,
  type Part,
  predictAdditive,
  sizeInLeaves,
} from '../../train/index.ts';
import type { ValidationRows } from '../model.ts';
import { qualityOf } from '../quality.ts';
import { distil } from './distil.ts';
import { optimizeTable } from './optimize-table.ts';
import { pruneNetworks } from './prune-network.ts';

const LEVELS = [0, 0, 6, 0];
const judge = { metric: METRICS.find(({ id }) => id === 'rmse')!, threshold: 0.5 };

function modelWith(parts: readonly Part['kind'][], trees = 40): AdditiveModel {
  return randomModel({
    seed: 3,
    levels: LEVELS,
    trees,
    depth: 4,
    link: 'identity',
    outputs: 1,
    linearTerms: false,
    parts,
  });
}

/** What the model explains, and a little that it does not. */
function rowsOf(model: AdditiveModel, rows: number, seed: number): ValidationRows {
  const features = randomFeatures(LEVELS, rows, seed);
  const target = predictAdditive(model, features).values.map((value, row) => value + 0.2 * Math.sin(row * 7));
  return { features, target };
}

function optimized(
  model: AdditiveModel,
  maxLoss: number,
  taught: Pick<ValidationRows, 'features'> = rowsOf(model, 2000, 6),
) {
  return optimizeTable(
    {
      model,
      searched: rowsOf(model, 800, 5),
      taught,
      judged: rowsOf(model, 800, 7),
      judge,
      maxLoss,
      preference: 'size',
      seed: 1,
      bytesOf: (one) => sizeInLeaves(one) * 20,
      progress: () => {},
    },
    systemClock,
  );
}

describe('a model of a table', () => {
  it('is tried in every form, and what is chosen stays within the limit', { timeout: 60_000 }, () => {
    const { table, chosen, model, allowance } = optimized(modelWith(['forest']), 0.5);
    expect(table[0]).toMatchObject({ outcome: 'before', quality: allowance.before });
    expect(table[chosen]!.outcome).toBe('chosen');
    expect(sizeInLeaves(model!)).toBeLessThan(sizeInLeaves(modelWith(['forest'])));
    expect(table[chosen]!.quality).toBeLessThanOrEqual(allowance.worst);
    for (const { outcome, quality } of table)
      if (outcome === 'fits') expect(quality).toBeLessThanOrEqual(allowance.worst);
    expect(table.at(-1)).toMatchObject({ technique: 'int8 static', outcome: 'inapplicable', bytes: null });
  });

  it('that ranks as before and is unsure of everything loses', { timeout: 60_000 }, () => {
    const model = randomModel({
      seed: 3,
      levels: LEVELS,
      trees: 60,
      depth: 3,
      link: 'logistic',
      outputs: 1,
      linearTerms: false,
    });
    const rows = (seed: number): ValidationRows => {
      const features = randomFeatures(LEVELS, 800, seed);
      const target = predictAdditive(model, features).values.map((value) => Number(value > 0.5));
      return { features, target };
    };
    const metric = (id: string) => ({ metric: METRICS.find((one) => one.id === id)!, threshold: 0.5 });
    const asked = {
      model,
      searched: rows(5),
      taught: rows(6),
      judged: rows(7),
      judge: metric('roc-auc'),
      maxLoss: 0.3,
      preference: 'size' as const,
      seed: 1,
      bytesOf: (one: AdditiveModel) => sizeInLeaves(one) * 20,
      progress: () => {},
    };
    const free = optimizeTable(asked, systemClock);
    const guarded = optimizeTable(
      { ...asked, maxLoss: 0.01, guard: { judge: metric('log-loss'), classes: 2 } },
      systemClock,
    );
    const logLoss = (one: AdditiveModel) => qualityOf(one, asked.judged, metric('log-loss'));
    const worst = logLoss(model) + 0.01 * Math.log(2);
    expect(logLoss(free.model!)).toBeGreaterThan(worst);
    expect(logLoss(guarded.model ?? model)).toBeLessThanOrEqual(worst);
  });

  it('of a single tree says why most does not apply', { timeout: 60_000 }, () => {
    const { table } = optimized(modelWith([], 1), 0);
    const says = Object.fromEntries(table.map((trial) => [trial.technique, trial.says]));
    expect(says['distilled into one booster']).toContain('one model already');
    expect(says['fewer parts']).toContain('no parts');
    expect(says['fewer hidden units']).toContain('no part of it is a network');
  });
});

describe('a blend', () => {
  it('teaches one booster that says nearly the same and has no parts', { timeout: 60_000 }, () => {
    const model = modelWith(['forest', 'network'], 100);
    const student = distil(model, rowsOf(model, 4000, 6), 1, systemClock) as AdditiveModel;
    expect(student.parts).toEqual([]);
    expect(student.link).toBe(model.link);
    const held = rowsOf(model, 1000, 9);
    const mean = held.target.reduce((sum, value) => sum + value, 0) / held.target.length;
    const spread = Math.sqrt(
      held.target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / held.target.length,
    );
    expect(qualityOf(student, held, judge)).toBeLessThan(0.7 * spread);
  });

  it.each([
    ['far from zero', { center: 1.7e12, scale: 1 }],
    ['tiny', { center: 0, scale: 2 ** 160 }],
  ])('of numbers that are %s teaches as well as of usual ones', { timeout: 60_000 }, (_, units) => {
    const near = modelWith(['forest'], 100);
    const held = rowsOf(near, 500, 9);
    const lossOf = (model: AdditiveModel, { center, scale }: typeof units) => {
      const student = distil(model, rowsOf(near, 2000, 6), 1, systemClock) as AdditiveModel;
      const { values, ...shape } = predictAdditive(student, held.features);
      const own = values.map((value) => (value - center) * scale);
      return judge.metric.compute(held.target, { ...shape, values: own }, judge);
    };
    const usual = lossOf(near, { center: 0, scale: 1 });
    expect(lossOf(modelFromUnits(near, units), units) / usual).toBeCloseTo(1, 2);
  });

  it('of classes teaches trees for each class', { timeout: 60_000 }, () => {
    const model = randomModel({
      seed: 3,
      levels: LEVELS,
      trees: 30,
      depth: 3,
      link: 'softmax',
      outputs: 3,
      linearTerms: true,
    });
    const student = distil(
      model,
      { features: randomFeatures(LEVELS, 1500, 6) },
      1,
      systemClock,
    ) as AdditiveModel;
    expect([student.outputs, student.base.length]).toEqual([3, 3]);
    expect(new Set(student.trees.map(({ output }) => output))).toEqual(new Set([0, 1, 2]));
  });

  it('teaches until the time is over', { timeout: 60_000 }, () => {
    const model = modelWith(['forest'], 100);
    const rows = rowsOf(model, 1000, 6);
    const roundsAt = (msEachLook: number) => {
      let now = 0;
      const clock = { ...systemClock, monotonic: () => (now += msEachLook) };
      return (distil(model, rows, 1, clock) as AdditiveModel).trees.length;
    };
    expect(roundsAt(60_000)).toBeLessThanOrEqual(5);
    expect(roundsAt(0)).toBeGreaterThan(5);
  });

  it('is distilled once for all forms that begin with it', { timeout: 60_000 }, () => {
    const model = modelWith(['forest'], 10);
    const { features } = rowsOf(model, 300, 6);
    let taught = 0;
    const lesson = {
      get features() {
        taught++;
        return features;
      },
    };
    const { table } = optimized(model, 0.5, lesson);
    const distilled = table.filter(({ technique }) => technique.startsWith('distilled'));
    expect(distilled.map(({ bytes }) => bytes === null)).toEqual([false, false]);
    expect(taught).toBe(1);
  });
});

describe('a network as a part of a model', () => {
  it('loses as many hidden units as are allowed, in both matrices', () => {
    const model = modelWith(['network'], 0);
    const lighter = pruneNetworks(model, () => true) as AdditiveModel;
    const sizes = ({ parts }: AdditiveModel) =>
      parts.flatMap((part) =>
        part.kind === 'network' ? part.layers.map(({ bias, weights }) => [weights.length, bias.length]) : [],
      );
    expect(sizes(lighter)[0]![1]).toBeLessThan(sizes(model)[0]![1]!);
    expect(sizes(lighter).at(-1)![1]).toBe(sizes(model).at(-1)![1]);
    expect(predictAdditive(lighter, randomFeatures(LEVELS, 20, 2)).values.every(Number.isFinite)).toBe(true);
    expect(pruneNetworks(model, () => false)).toMatchObject({
      because: expect.stringContaining('no hidden unit'),
    });
  });
});
