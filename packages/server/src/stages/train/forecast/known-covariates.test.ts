import { describe, expect, it } from 'vitest';
import { seededRandom, systemClock } from '../../../kernel/index.ts';
import {
  forecastErrors,
  holdOut,
  naiveTwo,
  prepareSeries,
  projectSeries,
  scaleOf,
  trainForecast,
} from './index.ts';

const HOUR = 3_600_000;
const A_DAY = 24;
const DAYS = 35;

/** Hours of a demand that follows the temperature of the hour, which is known in advance. */
function demand(told: (temperature: number, random: () => number) => number) {
  const random = seededRandom(9);
  let weather = 0;
  const steps = Array.from({ length: DAYS * A_DAY }, (_, step) => {
    if (step % A_DAY === 0) weather = 0.6 * weather + 8 * (random() - 0.5);
    const hour = step % A_DAY;
    const temperature = 18 + weather + 4 * Math.cos((2 * Math.PI * (hour - 15)) / 24);
    const heat = 60 * Math.max(0, temperature - 20) + 40 * Math.max(0, 16 - temperature);
    return { temperature, value: 1000 + 200 * Math.sin((2 * Math.PI * hour) / 24) + heat + 20 * random() };
  });
  const covariate = { name: 'temperature', use: 'known' as const, type: 'number' as const, levels: [] };
  const set = prepareSeries(
    {
      times: Float64Array.from(steps, (_, i) => Date.UTC(2024, 0, 1) + i * HOUR),
      unit: 'time',
      values: Float64Array.from(steps, ({ value }) => value),
      seriesOf: new Int32Array(steps.length),
      keys: [[]],
      covariates: [
        { covariate, values: Float64Array.from(steps, ({ temperature }) => told(temperature, random)) },
      ],
      timeColumn: 't',
      target: 'demand',
    },
    { horizon: A_DAY },
  );
  const { training } = holdOut(set);
  const trained = trainForecast(
    { set: training, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1 },
    { clock: systemClock },
  );
  return { set, training, trained };
}

describe('columns known in advance', () => {
  it('that decide what happens are used, far better than a daily naive and than the same models without', () => {
    const { set, training, trained } = demand((temperature) => temperature);
    const { known, model } = trained;
    expect(known).toMatchObject({
      columns: ['temperature'],
      asked: ['temperature'],
      isUsed: true,
      isProven: true,
    });
    expect(known!.withKnown).toBeLessThan(0.6 * known!.withoutKnown);
    const values = training.series[0]!.values;
    const { mase } = forecastErrors([
      {
        truth: set.series[0]!.values.slice(-A_DAY),
        forecast: projectSeries(model, model.series, A_DAY)[0]!.values,
        reference: naiveTwo(values, A_DAY, A_DAY),
        scale: scaleOf(values, A_DAY),
        intervals: [],
      },
    ]);
    expect(mase).toBeLessThan(0.6);
  });

  it('that say nothing are never called a help', () => {
    const { known } = demand((_, random) => random()).trained;
    expect(known!.isProven).toBe(false);
    expect(known!.withKnown).toBeGreaterThan(0.9 * known!.withoutKnown);
  });

  it('that no tree asks for are reported unused, and the models kept are those without them', () => {
    const { model, known } = demand(() => 1).trained;
    expect(known).toMatchObject({ asked: [], isUsed: false, isProven: false });
    expect(known!.withKnown).toBeCloseTo(known!.withoutKnown, 6);
    expect(model.series[0]!.weights).not.toEqual({});
  });
});

describe('trees that find nothing to split', () => {
  it('are named nowhere', () => {
    const values = Array.from({ length: 400 }, (_, i) => 10 + (i % 7));
    const set = prepareSeries(
      {
        times: Float64Array.from(values, (_, i) => Date.UTC(2023, 0, 1 + i)),
        unit: 'time',
        values: Float64Array.from(values),
        seriesOf: new Int32Array(values.length),
        keys: [[]],
        covariates: [],
        timeColumn: 'day',
        target: 'y',
      },
      { horizon: 7 },
    );
    const trained = trainForecast(
      { set, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1 },
      { clock: systemClock },
    );
    const named = trained.leaderboard.map(({ member }) => member);
    const { trees, levelTrees, residualTrees } = trained.model;
    expect(named.includes('global-trees')).toBe(trees !== null);
    expect(named.includes('level-trees')).toBe((levelTrees ?? null) !== null);
    expect(named.includes('residual-trees')).toBe((residualTrees ?? null) !== null);
    expect(named).not.toContain('global-trees');
    expect(`${trained.label} ${trained.leaderboard[0]!.label}`).not.toMatch(/boosted trees(?! \(level\))/);
  });
});
