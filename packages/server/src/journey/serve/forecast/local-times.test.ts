import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
import { systemClock, zoneClock } from '../../../kernel/index.ts';
import { buildForecastOnnx } from '../../pack/forecast/build-forecast-onnx.ts';
import { checkForecastParity } from '../../pack/forecast/check-forecast-parity.ts';
import type { ForecastFile } from '../../pack/index.ts';
import { holdOut, prepareSeries, projectSeries, trainForecast } from '../../train/index.ts';
import { loadForecast } from './load-forecast.ts';

const HOUR = 3_600_000;
const BERLIN = zoneClock('Europe/Berlin');

/** A forecast of 24 hours of a series of local hours, whose value is its hour of the day, that ends at a moment. */
function hoursUntil(end: number): ForecastFile {
  const count = 24 * 21;
  const times = Array.from({ length: count }, (_, i) => end - (count - 1 - i) * HOUR);
  const set = prepareSeries(
    {
      times: Float64Array.from(times),
      unit: 'time',
      values: Float64Array.from(times, (time) => new Date(BERLIN.toWall(time)).getUTCHours()),
      seriesOf: new Int32Array(count),
      keys: [[]],
      calendars: [{ timeZone: 'Europe/Berlin' }],
      covariates: [],
      timeColumn: 't',
      target: 'y',
    },
    { horizon: 24 },
  );
  const { training, left } = holdOut(set);
  const { model } = trainForecast(
    { set: training, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1 },
    { clock: systemClock },
  );
  const series = model.series.map((one, index) => ({
    ...one,
    recent: Array.from(set.series[index]!.values.slice(-left[index]!)),
  }));
  const values = projectSeries(model, series, model.horizon).map((one) => [...one.values]);
  const reading = {
    as: 'timestamp' as const,
    formats: ['iso', 'iso-zoned'],
    order: null,
    timeZone: 'Europe/Berlin',
  };
  return {
    format: 1,
    inputs: [{ name: 't', type: 'timestamp', nullable: false, reading }],
    seriesColumns: 0,
    target: 'y',
    model: { ...model, series },
    table: { values },
  };
}

describe.each([
  ['begins', '2024-03-30T18:00:00+01:00', ['2024-03-31T01:00:00+01:00', '2024-03-31T03:00:00+02:00']],
  ['ends', '2024-10-26T18:00:00+02:00', ['2024-10-27T02:00:00+02:00', '2024-10-27T02:00:00+01:00']],
] as const)('hours of local time while daylight saving %s', (_, end, [before, after]) => {
  const file = hoursUntil(Date.parse(end));
  const engine = loadForecast(file);

  it('are asked for one after another, each with its offset, and forecast by the hour of the day', () => {
    const { rows } = engine.ahead!({ horizon: 24 }, 100)!;
    expect(engine.ahead!({ horizon: undefined }, 100)!.rows).toEqual(rows);
    const times = rows!.map(({ t }) => String(t));
    expect(times.map((time) => Date.parse(time))).toEqual(
      Array.from({ length: 24 }, (_, k) => Date.parse(end) + (k + 1) * HOUR),
    );
    expect(times.slice(times.indexOf(before), times.indexOf(before) + 2)).toEqual([before, after]);
    const predictions = engine.predict(rows!);
    predictions.forEach(({ value, time }, k) => {
      expect(time).toBe(times[k]);
      expect(Number(value)).toBeCloseTo(Number(times[k]!.slice(11, 13)), 0);
    });
  });

  it('may be asked for by the clock alone, and in UTC', () => {
    const [clock, offset, utc] = engine.predict([
      { t: after.slice(0, 16).replace('T', ' ').replace('02:00', '04:00') },
      {
        t: `${after.slice(0, 11)}${after.slice(11, 13) === '03' ? '03' : '04'}:00:00${end.startsWith('2024-03') ? '+02:00' : '+01:00'}`,
      },
      { t: new Date(Date.parse(after)).toISOString() },
    ]);
    expect(clock!.value).toBe(offset!.value);
    expect(utc!.time).toBe(after);
  });

  it('go on from a history over the change', () => {
    const history = Array.from({ length: 12 }, (_, k) => {
      const time = Date.parse(end) + (k + 1) * HOUR;
      return { t: new Date(time).toISOString(), y: new Date(BERLIN.toWall(time)).getUTCHours() };
    });
    const asked = engine.ahead!({ horizon: 2, history }, 100)!;
    expect(asked.rows!.map(({ t }) => Date.parse(String(t)))).toEqual(
      [13, 14].map((k) => Date.parse(end) + k * HOUR),
    );
    for (const { value, time } of asked.engine!.predict(asked.rows!))
      expect(Number(value)).toBeCloseTo(Number(time!.slice(11, 13)), 0);
  });

  it('are looked up by the graph as they were forecast', async () => {
    const parity = await checkForecastParity(file, buildForecastOnnx(file), createOnnxRuntime());
    expect(parity.largestDifference.onnx).toBe(0);
    expect(parity.rows).toBeGreaterThanOrEqual(24);
  });
});
