import { systemClock, zoneClock } from '../kernel/index.ts';
import type { ForecastFile } from '../stages/pack/index.ts';
import { holdOut, prepareSeries, projectSeries, trainForecast } from '../stages/train/index.ts';

const HOUR = 3_600_000;
const BERLIN = zoneClock('Europe/Berlin');

/** A forecast of 24 hours of a series of local hours, whose value is its hour of the day, that ends at a moment. */
export function hoursUntil(end: number): ForecastFile {
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
