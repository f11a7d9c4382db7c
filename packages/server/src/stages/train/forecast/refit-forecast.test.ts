import { describe, expect, it } from 'vitest';
import { seededRandom, systemClock } from '../../../kernel/index.ts';
import { holdOut, prepareSeries, projectSeries, refitForecast, trainForecast } from './index.ts';

const MONTHS = 84;

/** Months of some shops; the last year is on another level. */
function shops(names: readonly string[], months = MONTHS) {
  const random = seededRandom(4);
  const rows = names.flatMap((_, shop) =>
    Array.from({ length: months }, (_, i) => ({
      time: Date.UTC(2017, i, 1),
      shop,
      value: (i < MONTHS - 12 ? 100 : 160) + 20 * Math.sin((2 * Math.PI * i) / 12) + 4 * random(),
    })),
  );
  return prepareSeries(
    {
      times: Float64Array.from(rows, ({ time }) => time),
      unit: 'time',
      values: Float64Array.from(rows, ({ value }) => value),
      seriesOf: Int32Array.from(rows, ({ shop }) => shop),
      keys: names.map((name) => [name]),
      covariates: [],
      timeColumn: 'month',
      target: 'sales',
    },
    { horizon: 6 },
  );
}

const set = shops(['north', 'south']);
const { training } = holdOut(set);
const trained = trainForecast(
  { set: training, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1 },
  { clock: systemClock },
);
const request = { set, seed: 1, budgetSeconds: 60, limitSeconds: Number.POSITIVE_INFINITY };

describe('a forecast fitted again on all values', () => {
  it('ends at the newest step, and says so', () => {
    const { model, says } = refitForecast(trained.model, request, { clock: systemClock });
    const last = set.series[0]!.start + MONTHS - 1;
    expect(model.series.map(({ end, recent }) => [end, recent])).toEqual([
      [last, []],
      [last, []],
    ]);
    expect(projectSeries(model, model.series, 1)[0]!.from).toBe(last + 1);
    expect(says).toContain('up to 2023-12-01');
    expect(model.series[0]!.weights).toEqual(trained.model.series[0]!.weights);
    expect(model.series[0]!.states).not.toEqual(trained.model.series[0]!.states);
  });

  it('is the same for the same values whether it was fitted on them before or not', () => {
    const once = refitForecast(trained.model, request, { clock: systemClock }).model;
    const twice = refitForecast(once, request, { clock: systemClock }).model;
    const [again, first] = [twice, once].map((model) => projectSeries(model, model.series, 6)[0]!.values);
    again!.forEach((value, k) => {
      expect(value).toBeCloseTo(first![k]!, 6);
    });
  });

  it('gives a series that it does not know the mean weights of the others', () => {
    const more = shops(['north', 'south', 'west']);
    const { model } = refitForecast(trained.model, { ...request, set: more }, { clock: systemClock });
    const said = projectSeries(model, model.series, 6)[2]!;
    expect(said.values.every((value) => value > 100 && value < 220)).toBe(true);
    expect(said.intervals[0]!.upper[0]!).toBeGreaterThan(said.values[0]!);
  });

  it('follows the clock of the values it is fitted on, which a change of daylight saving may have told since', () => {
    const frequency = { ...set.frequency, timeZone: 'Europe/Berlin' };
    const { model } = refitForecast(
      trained.model,
      { ...request, set: { ...set, frequency } },
      { clock: systemClock },
    );
    expect(model.frequency).toEqual(frequency);
    for (const trees of [model.trees, model.levelTrees]) {
      if (trees) expect(trees.plan.frequency).toEqual(frequency);
    }
  });

  it('moves fitted models on by the new values where there is no time to fit them, and says how many', () => {
    const { model, says } = refitForecast(
      trained.model,
      { ...request, limitSeconds: -1 },
      { clock: systemClock },
    );
    expect(says).toContain('2 of 2 series keep their parameters');
    expect(model.series[0]!.end).toBe(set.series[0]!.start + MONTHS - 1);
  });

  it('learns the widths of its intervals from errors that are given', () => {
    const errors = trained.errors.map((one) => ({
      ...one,
      windows: [...one.windows, Float64Array.of(900, 900, 900)],
      starts: [...one.starts, 0],
    }));
    const { model } = refitForecast(trained.model, { ...request, errors }, { clock: systemClock });
    expect(model.series[0]!.spread).toBeGreaterThan(2 * trained.model.series[0]!.spread);
  });
});
