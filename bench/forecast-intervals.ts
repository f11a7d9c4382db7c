/**
 * How often what happens lies in the intervals of 80 and 95 %, on later windows: each set is trained on without its last part (24
 * horizons, at most a quarter of the values), and forecast from up to 24 origins in that part, moved on by the values known there and
 * never fitted again.
 *
 * Run:
 *   npm run bench -- forecast-intervals [--seconds 60] [--most-series 40] [--only airline,m4_hourly] [--data FOLDER]
 *
 * The budget is processor time, by which other work on the machine changes nothing. Prints a table.
 */
import { parseArgs } from 'node:util';
import {
  forecastErrors,
  naiveTwo,
  projectSeries,
  type SeriesSet,
  scaleOf,
  trainForecast,
  truthOf,
  withHistory,
} from '../packages/server/src/stages/train/index.ts';
import { openForecastSets, processorClock, without } from './forecast/forecast-sets.ts';
import { SOURCES } from './forecast/sources.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    'most-series': { type: 'string', default: '40' },
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
  },
});

const MOST_HORIZONS = 24;
const MOST_SHARE = 0.25;

const sets = await openForecastSets(options.data);
console.log('| set | series | windows | MASE | within 80 % | within 95 % |\n|---|---|---|---|---|---|');
try {
  for (const name of options.only?.split(',') ?? Object.keys(SOURCES))
    console.log(lineOf(name, await sets.read(name, Number(options['most-series']))));
} finally {
  sets.close();
}

function lineOf(name: string, set: SeriesSet): string {
  const { horizon } = set;
  const left = lastPart(set);
  const whole = set.series.filter(({ values }) => values.length > left + 2 * horizon);
  const training = { ...set, series: whole.map((one) => without(one, left)) };
  const { model } = trainForecast(
    { set: training, budgetSeconds: Number(options.seconds), seed: 1 },
    { clock: processorClock },
  );
  const apart = Math.max(1, Math.floor((left - horizon) / (MOST_HORIZONS - 1)));
  const windows = Math.floor((left - horizon) / apart) + 1;
  const cases = Array.from({ length: windows }, (_, window) => window * apart).flatMap((gone) => {
    const moved = whole.map(({ values }, i) => {
      const from = values.length - left;
      return withHistory(model, model.series[i]!, [...values.slice(from, from + gone)]);
    });
    return projectSeries(model, moved, horizon).map(({ values: forecast, intervals }, i) => {
      const from = whole[i]!.values.length - left + gone;
      const known = whole[i]!.values.subarray(0, from);
      const season = set.seasons[0] ?? 1;
      return {
        truth: truthOf(whole[i]!, from, from + horizon),
        forecast,
        reference: naiveTwo(known, season, horizon),
        scale: scaleOf(known, season),
        intervals,
      };
    });
  });
  const measures = forecastErrors(cases);
  const [mase, inner, outer] = ['mase', 'coverage_80', 'coverage_95'].map((name) => measures[name]!);
  return `| ${name} | ${whole.length} | ${windows} | ${mase!.toFixed(3)} | ${inner!.toFixed(3)} | ${outer!.toFixed(3)} |`;
}

function lastPart({ series, horizon }: SeriesSet): number {
  const lengths = series.map(({ values }) => values.length).toSorted((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length / 2)]!;
  return Math.max(2 * horizon, Math.min(MOST_HORIZONS * horizon, Math.floor(MOST_SHARE * usual)));
}
