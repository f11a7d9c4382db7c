import { describe, expect, it } from 'vitest';
import { seededRandom, systemClock } from '../../../kernel/index.ts';
import {
  forecastErrors,
  holdOut,
  naiveTwo,
  prepareSeries,
  projectSeries,
  type SeriesSet,
  scaleOf,
  trainForecast,
  withHistory,
} from './index.ts';
import type { SeriesRows } from './series/series-rows.ts';

const DAY = 86_400_000;

/** Monthly series with a trend, a yearly season and noise; series differ in size. */
function monthly(series: number, months: number, noise = 0.02): SeriesRows {
  const random = seededRandom(7);
  const times: number[] = [];
  const values: number[] = [];
  const seriesOf: number[] = [];
  for (let s = 0; s < series; s++) {
    for (let i = 0; i < months; i++) {
      times.push(Date.UTC(2000, i, 1));
      const level = (s + 1) * (100 + i);
      values.push(level * (1 + 0.3 * Math.sin((2 * Math.PI * i) / 12) + noise * (random() - 0.5)));
      seriesOf.push(s);
    }
  }
  return {
    times: Float64Array.from(times),
    unit: 'time',
    values: Float64Array.from(values),
    seriesOf: Int32Array.from(seriesOf),
    keys: Array.from({ length: series }, (_, s) => [`s${s}`]),
    covariates: [],
    timeColumn: 'month',
    target: 'sales',
  };
}

function fitted(set: SeriesSet, budgetSeconds = Number.POSITIVE_INFINITY) {
  return trainForecast({ set, budgetSeconds, seed: 1 }, { clock: systemClock });
}

function errorsOn(whole: SeriesSet, training: SeriesSet, said: ReturnType<typeof projectSeries>) {
  const season = whole.seasons[0] ?? 1;
  return forecastErrors(
    whole.series.map((series, i) => ({
      truth: series.values.slice(-whole.horizon),
      forecast: said[i]!.values,
      reference: naiveTwo(training.series[i]!.values, season, whole.horizon),
      scale: scaleOf(training.series[i]!.values, season),
      intervals: said[i]!.intervals,
    })),
  );
}

describe('a trained forecast', () => {
  const set = prepareSeries(monthly(4, 96), { horizon: 12 });
  const { training } = holdOut(set);
  const trained = fitted(training);
  const said = projectSeries(trained.model, trained.model.series, 12);

  it('follows trend and season far closer than the seasonal naive', () => {
    expect(errorsOn(set, training, said).mase).toBeLessThan(0.3);
  });

  it('puts what happened into its intervals about as often as it says, the wider one more often', () => {
    const { coverage_80, coverage_95 } = errorsOn(set, training, said);
    expect(coverage_80).toBeGreaterThan(0.6);
    expect(coverage_95).toBeGreaterThanOrEqual(coverage_80!);
    for (const { values, intervals } of said) {
      const [narrow, wide] = intervals;
      values.forEach((value, k) => {
        expect(wide!.lower[k]!).toBeLessThanOrEqual(narrow!.lower[k]!);
        expect(narrow!.lower[k]!).toBeLessThanOrEqual(value);
        expect(value).toBeLessThanOrEqual(narrow!.upper[k]!);
        expect(narrow!.upper[k]!).toBeLessThanOrEqual(wide!.upper[k]!);
      });
    }
  });

  it('is the same again for the same request, and as JSON', () => {
    const again = fitted(training);
    expect(again.model).toEqual(trained.model);
    const read = JSON.parse(JSON.stringify(trained.model)) as typeof trained.model;
    expect(projectSeries(read, read.series, 12)).toEqual(said);
  });

  it('goes on from new values without being fitted again, a missing one taken as expected', () => {
    const [first] = trained.model.series;
    const truth = Array.from(set.series[0]!.values.slice(-12));
    const moved = withHistory(trained.model, first!, truth);
    const [next] = projectSeries(trained.model, [moved], 12);
    expect(next!.from).toBe(said[0]!.from + 12);
    const later = 100 + 96;
    expect(next!.values[0]!).toBeGreaterThan(later * 0.8);
    const withHole = withHistory(trained.model, first!, [Number.NaN]);
    expect(withHole.recent[0]).toBe(said[0]!.values[0]);
  });

  it('lists every model with its error, the weighted mean beside them', () => {
    const labels = trained.leaderboard.map(({ label }) => label);
    expect(labels).toEqual(
      expect.arrayContaining(['ETS', 'Theta', 'Seasonal naive', 'Weighted mean by series']),
    );
    const errors = trained.leaderboard.map(({ mase }) => mase);
    expect(errors).toEqual(errors.toSorted((a, b) => a - b));
  });
});

describe('odd series', () => {
  const rows = (values: number[][]): SeriesRows => ({
    times: Float64Array.from(values.flatMap((list) => list.map((_, i) => i * DAY))),
    unit: 'time',
    values: Float64Array.from(values.flat()),
    seriesOf: Int32Array.from(values.flatMap((list, s) => list.map(() => s))),
    keys: values.map((_, s) => [s]),
    covariates: [],
    timeColumn: 'day',
    target: 'y',
  });

  it('of one value, all zeros, a constant and few sales are forecast beside a long one', () => {
    const random = seededRandom(3);
    const long = Array.from({ length: 80 }, (_, i) => 50 + 10 * Math.sin(i) + random());
    const sparse = Array.from({ length: 80 }, (_, i) => (i % 6 === 0 ? 3 : 0));
    const set = prepareSeries(rows([long, [5], new Array(80).fill(0), new Array(80).fill(7), sparse]), {
      horizon: 5,
    });
    const { training, left } = holdOut(set);
    expect(left).toEqual([5, 0, 5, 5, 5]);
    const { model } = fitted(training);
    const said = projectSeries(model, model.series, 5);
    expect(said.every(({ values }) => values.every(Number.isFinite))).toBe(true);
    expect([...said[1]!.values]).toEqual([5, 5, 5, 5, 5]);
    expect([...said[2]!.values]).toEqual([0, 0, 0, 0, 0]);
    said[3]!.values.forEach((value) => {
      expect(value).toBeCloseTo(7, 6);
    });
    const sales = said[4]!.values.reduce((sum, value) => sum + value, 0);
    expect(sales).toBeGreaterThan(0);
    expect(sales).toBeLessThan(15);
  });

  it('of three values are forecast one step ahead', () => {
    const set = prepareSeries(rows([[1, 2, 3, 4]]), { horizon: 1 });
    const { model } = fitted(holdOut(set).training);
    expect(projectSeries(model, model.series, 1)[0]!.values[0]!).toBeGreaterThan(2);
  });

  it('keep no more time than they are given, and say what was left out', () => {
    let now = 0;
    const clock = { now: () => 0, monotonic: () => (now += 40) };
    const set = prepareSeries(monthly(30, 60), { horizon: 6 });
    const { says, model } = trainForecast(
      { set: holdOut(set).training, budgetSeconds: 5, seed: 1 },
      { clock },
    );
    expect(says.some((one) => one.includes('too long'))).toBe(true);
    expect(projectSeries(model, model.series, 6)).toHaveLength(30);
  });

  it('keep the models of the last backtest, moved on, where there is no time to fit them anew', () => {
    let now = 0;
    let pace = 0;
    const clock = { now: () => 0, monotonic: () => (now += pace) };
    const whole = prepareSeries(monthly(30, 60), { horizon: 6 });
    const { training } = holdOut(whole);
    const { says, model } = trainForecast(
      {
        set: training,
        budgetSeconds: 1000,
        seed: 1,
        progress: (news) => {
          if (news.says !== 'weighing the models') return;
          now = 900_000;
          pace = 1000;
        },
      },
      { clock },
    );
    expect(says).toEqual([expect.stringContaining('moved on by the newest values')]);
    expect(errorsOn(whole, training, projectSeries(model, model.series, 6)).mase).toBeLessThan(0.3);
  });
});
