import { seededRandom, systemClock } from '../kernel/index.ts';
import type { ForecastFile } from '../stages/pack/index.ts';
import { holdOut, prepareSeries, projectSeries, trainForecast } from '../stages/train/index.ts';

const DAY = 86_400_000;
const FIRST = Date.UTC(2024, 0, 1);
const DAYS = 90;

/** Days of three shops with a weekly season; on holidays, which are known, a shop sells half. */
export function shopSales() {
  const random = seededRandom(11);
  const shops = ['north', 'south', ''];
  const rows = shops.flatMap((_, shop) =>
    Array.from({ length: DAYS }, (_, day) => {
      const holiday = day % 10 === 3 ? 1 : 0;
      const usual = (shop + 1) * (50 + 10 * Math.sin((2 * Math.PI * day) / 7)) + random();
      return { time: FIRST + day * DAY, shop, holiday, value: usual * (1 - 0.5 * holiday) };
    }),
  );
  return {
    times: Float64Array.from(rows, ({ time }) => time),
    unit: 'time' as const,
    values: Float64Array.from(rows, ({ value }) => value),
    seriesOf: Int32Array.from(rows, ({ shop }) => shop),
    keys: shops.map((shop, at): (string | number)[] => [shop, at + 1]),
    covariates: [
      {
        covariate: { name: 'holiday', use: 'known' as const, type: 'number' as const, levels: [] },
        values: Float64Array.from(rows, ({ holiday }) => holiday),
      },
    ],
    timeColumn: 'day',
    target: 'sales',
  };
}

/** A forecast of {@link shopSales}, a week ahead of its end, as a bundle holds it. */
export function forecastFile(): ForecastFile {
  const set = prepareSeries(shopSales(), { horizon: 7 });
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
  return {
    format: 1,
    inputs: [
      { name: 'day', type: 'timestamp', nullable: false },
      { name: 'shop', type: 'string', nullable: true },
      { name: 'number', type: 'number', nullable: false },
      { name: 'holiday', type: 'number', nullable: true },
    ],
    seriesColumns: 2,
    target: 'sales',
    model: { ...model, series },
    table: { values },
  };
}
