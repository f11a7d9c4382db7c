import { describe, expect, it } from 'vitest';
import { seededRandom, systemClock } from '../../../kernel/index.ts';
import { naiveBaseline } from './naive-baseline.ts';
import { prepareSeries } from './series/prepare-series.ts';
import { trainForecast } from './train-forecast.ts';

const HOUR = 3_600_000;
const FIRST = Date.UTC(2024, 0, 1);

/** One series a step apart, prepared with its horizon. */
function prepared(step: number, values: readonly number[], horizon: number) {
  return prepareSeries(
    {
      times: Float64Array.from(values, (_, i) => FIRST + i * step),
      unit: 'time',
      values: Float64Array.from(values),
      seriesOf: new Int32Array(values.length),
      keys: [[]],
      covariates: [],
      timeColumn: 't',
      target: 'y',
    },
    { horizon },
  );
}

function randomWalk(length: number): number[] {
  const random = seededRandom(3);
  let at = 100;
  return Array.from({ length }, () => {
    at += random() - 0.5;
    return at;
  });
}

describe('the naive forecast to beat', () => {
  it('is that of the season that forecasts best, not the first one', () => {
    const isWeekend = (i: number) => Math.floor(i / 24) % 7 >= 5;
    const values = Array.from({ length: 24 * 56 }, (_, i) =>
      isWeekend(i) ? 5 : 20 + 10 * Math.sin((i / 12) * Math.PI),
    );
    expect(naiveBaseline(prepared(HOUR, values, 48))).toMatchObject({
      lag: 168,
      label: 'seasonal naive (lag 168)',
    });
  });

  it('is the last value, called naive and never seasonal, where no season helps', () => {
    const set = prepared(24 * HOUR, randomWalk(300), 7);
    expect(naiveBaseline(set)).toMatchObject({ lag: 1, label: 'naive' });
    const { leaderboard } = trainForecast(
      { set, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1 },
      { clock: systemClock },
    );
    const members = leaderboard.map(({ label }) => label);
    expect(members).toContain('Naive');
    expect(set.seasons).toEqual([]);
    expect(members).not.toContain('Seasonal naive');
  });

  it('names what answers where the series are too short to judge a model', () => {
    const whole = prepared(24 * HOUR, randomWalk(12), 6);
    const series = whole.series.map((one) => ({ ...one, values: one.values.slice(0, 6) }));
    const set = { ...whole, series };
    const { label, model } = trainForecast(
      { set, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1 },
      { clock: systemClock },
    );
    expect(Object.keys(model.series[0]!.weights)).toEqual(['naive']);
    expect(label).toBe('Naive');
  });

  it('is of no season that is longer than what is known', () => {
    expect(naiveBaseline(prepared(24 * HOUR, randomWalk(8), 3)).lag).toBe(1);
  });
});
