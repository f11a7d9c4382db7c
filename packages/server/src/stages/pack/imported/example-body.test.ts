import { describe, expect, it } from 'vitest';
import { exampleBody } from './example-body.ts';

const forecast = {
  time: 'month',
  known: [] as string[],
  horizon: 12,
  levels: [0.8, 0.95],
  seriesCount: 2,
  from: 0,
  to: 1,
};
const golden = (...rows: Record<string, string | number>[]) => ({ rows, predictions: [] });

describe('the example of an endpoint', () => {
  it('is a row of a model of columns', () => {
    expect(exampleBody({ golden: golden({ age: 30 }, { age: 40 }) })).toEqual({ rows: [{ age: 30 }] });
  });

  it('asks a forecast for its horizon', () => {
    const manifest = { golden: golden({ month: '2020-01-01' }), forecast: { ...forecast, series: [] } };
    expect(exampleBody(manifest)).toEqual({ horizon: 12 });
  });

  it('asks a forecast of several series for one of them, by its name or its columns', () => {
    const rows = golden({ month: '2020-01-01', shop: 'a', article: 7 });
    const one = { golden: rows, forecast: { ...forecast, series: ['shop'] } };
    const two = { golden: rows, forecast: { ...forecast, series: ['shop', 'article'] } };
    expect(exampleBody(one)).toEqual({ horizon: 12, series: ['a'] });
    expect(exampleBody(two)).toEqual({ horizon: 12, series: [{ shop: 'a', article: 7 }] });
  });

  it('gives a row to a forecast that takes columns known in advance', () => {
    const row = { month: '2020-01-01', temperature: 3 };
    const manifest = {
      golden: golden(row),
      forecast: { ...forecast, series: [], known: ['temperature'] },
    };
    expect(exampleBody(manifest)).toEqual({ rows: [row] });
  });
});
