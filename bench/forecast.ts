/**
 * Forecasts of `trainForecast` against statsforecast's AutoETS, AutoTheta and MSTL and a LightGBM with calendar, lag and covariate
 * features: the same series, filled the same way, the same steps held out at several cut-offs, a horizon apart, the same measures.
 *
 * Run:
 *   npm run bench -- forecast --python PYTHON [--seconds 60] [--cutoffs 3] [--most-series 60] [--only airline,m4_hourly]
 *     [--data FOLDER] [--cache FOLDER]
 *
 * PYTHON needs statsforecast, lightgbm and pandas; without it our own numbers are printed alone. Of sets of more series than
 * --most-series as many are taken, evenly spread. --cache keeps what the others forecast, by the bytes that they were given.
 * Prints one JSON line for each set (means over the cut-offs), and the mean rank by MASE of each.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createDuckdbTables } from '../packages/server/src/adapters/duckdb/index.ts';
import { openFileObjects } from '../packages/server/src/adapters/objects/index.ts';
import { ingestFile, readTable, type Table } from '../packages/server/src/journey/ingest/index.ts';
import {
  forecastErrors,
  type HeldOut,
  holdOut,
  naiveTwo,
  type Projection,
  prepareSeries,
  projectSeries,
  type Series,
  type SeriesSet,
  scaleOf,
  seriesRows,
  timeOf,
  trainForecast,
  truthOf,
} from '../packages/server/src/journey/train/index.ts';
import { type Clock, systemClock } from '../packages/server/src/kernel/index.ts';
import { SOURCES, type Source } from './forecast/sources.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    cutoffs: { type: 'string', default: '3' },
    'most-series': { type: 'string', default: '60' },
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    cache: { type: 'string' },
  },
});

/** Budgets are counted in processor time, so that neighbours on the machine change no figures. */
const processorClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

type Measures = Record<string, number>;

const folder = mkdtempSync(join(tmpdir(), 'forecast-'));
const tables = createDuckdbTables({
  scratchFolder: join(folder, 'scratch'),
  memoryLimitBytes: 1e9,
  threads: 1,
});
const objects = await openFileObjects(join(folder, 'objects'));
const ranks = new Map<string, number[]>();

try {
  for (const name of options.only?.split(',') ?? Object.keys(SOURCES)) await compare(name, SOURCES[name]!);
  const means = [...ranks].map(([model, all]) => [model, round(mean(all))]);
  console.log(JSON.stringify({ meanRank: Object.fromEntries(means) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(name: string, source: Source): Promise<void> {
  const whole = sampled(await setOf(name, source), Number(options['most-series']));
  const runs = Array.from({ length: Number(options.cutoffs) }, (_, cutoff) => atCutoff(whole, cutoff));
  const models = Object.keys(runs[0]!.measures);
  const over = (model: string, measure: string) =>
    round(mean(runs.map(({ measures }) => measures[model]![measure]!)));
  const scores = models.map((model) => ({ model, mase: over(model, 'mase') }));
  for (const { model, mase } of scores) {
    const rank = 1 + scores.filter((other) => other.mase < mase).length;
    ranks.set(model, [...(ranks.get(model) ?? []), rank]);
  }
  console.log(
    JSON.stringify({
      set: name,
      series: whole.series.length,
      horizon: whole.horizon,
      seasons: whole.seasons,
      mase: Object.fromEntries(scores.map(({ model, mase }) => [model, mase])),
      byCutoff: Object.fromEntries(
        models.map((model) => [model, runs.map(({ measures }) => round(measures[model]!.mase!))]),
      ),
      owa: Object.fromEntries(models.map((model) => [model, over(model, 'owa')])),
      coverage: { 80: over('Slipway', 'coverage_80'), 95: over('Slipway', 'coverage_95') },
      seconds: Object.fromEntries(models.map((model) => [model, over(model, 'seconds')])),
      label: runs[0]!.label,
      known: runs.map(({ known }) => known),
      says: runs[0]!.says,
      board: runs[0]!.board,
      load: round(loadavg()[0]!),
    }),
  );
}

/** Forecasts from `cutoff` horizons before the end, by all. */
function atCutoff(whole: SeriesSet, cutoff: number) {
  const set = { ...whole, series: whole.series.map((one) => without(one, cutoff * whole.horizon)) };
  const held = holdOut(set);
  const trained = trainForecast(
    { set: held.training, budgetSeconds: Number(options.seconds), seed: 1 },
    { clock: processorClock },
  );
  const ours = projectSeries(trained.model, trained.model.series, set.horizon);
  const measures: Record<string, Measures> = {
    Slipway: { ...measured(set, held, ours), seconds: trained.seconds },
    ...(options.python === undefined ? {} : theirsOf(options.python, set, held)),
  };
  const board = Object.fromEntries(
    trained.leaderboard.map(({ label, mase, weight, seconds }) => [
      label,
      [round(mase), round(weight), round(seconds)],
    ]),
  );
  return { measures, label: trained.label, known: trained.known, says: trained.says, board };
}

function without(series: Series, steps: number): Series {
  const length = Math.max(3, series.values.length - steps);
  return { ...series, values: series.values.slice(0, length), filled: series.filled.slice(0, length) };
}

function measured(set: SeriesSet, held: HeldOut, said: readonly Projection[]): Measures {
  const season = set.seasons[0] ?? 1;
  return forecastErrors(
    set.series.flatMap((series, index) => {
      if (held.left[index] === 0) return [];
      const known = held.training.series[index]!.values;
      return [
        {
          truth: truthOf(series, known.length, series.values.length),
          forecast: said[index]!.values,
          reference: naiveTwo(known, season, set.horizon),
          scale: scaleOf(known, season),
          intervals: said[index]!.intervals,
        },
      ];
    }),
  );
}

function theirsOf(python: string, set: SeriesSet, held: HeldOut): Record<string, Measures> {
  const asked = JSON.stringify(requestOf(set, held));
  const answer = cached(asked, () => {
    const file = join(folder, 'series.json');
    writeFileSync(file, asked);
    return execFileSync(python, [resolve('bench/forecast.py'), file], { maxBuffer: 1 << 28 }).toString();
  });
  const models = JSON.parse(answer) as Record<string, { seconds: number; forecasts: number[][] }>;
  return Object.fromEntries(
    Object.entries(models).map(([model, { seconds, forecasts }]) => {
      const said = forecasts.map((values) => ({ from: 0, values: Float64Array.from(values), intervals: [] }));
      return [model, { ...measured(set, held, said), seconds }];
    }),
  );
}

/** What the others are told: values, times, and the columns that are known, as far as the horizon. */
function requestOf(set: SeriesSet, held: HeldOut) {
  const isTime = !(set.frequency.kind === 'fixed' && set.frequency.unit === 'number');
  return {
    horizon: set.horizon,
    season: set.seasons[0] ?? 1,
    seasons: set.seasons,
    isTime,
    series: held.training.series.map(({ values, start, known, fixed }) => {
      const length = values.length + set.horizon;
      return {
        values: [...values],
        times: isTime ? Array.from({ length }, (_, i) => timeOf(set.frequency, start + i)) : [],
        known: known.map((column) => Array.from({ length }, (_, i) => orNull(column[i]))),
        fixed: fixed.map(orNull),
      };
    }),
  };
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function cached(asked: string, make: () => string): string {
  if (options.cache === undefined) return make();
  mkdirSync(options.cache, { recursive: true });
  const source = readFileSync(resolve('bench/forecast.py'));
  const file = join(options.cache, createHash('sha256').update(source).update(asked).digest('hex'));
  if (!existsSync(file)) writeFileSync(file, make());
  return readFileSync(file, 'utf8');
}

function sampled(set: SeriesSet, most: number): SeriesSet {
  const long = set.series.filter(({ values }) => values.length >= 4 * set.horizon);
  const step = Math.max(1, long.length / most);
  const count = Math.min(long.length, most);
  return { ...set, series: Array.from({ length: count }, (_, i) => long[Math.floor(i * step)]!) };
}

async function setOf(name: string, source: Source): Promise<SeriesSet> {
  const table = await load(source);
  const { rows } = seriesRows(table, { ...source, exclude: ['rownames'], dataset: name });
  return prepareSeries(rows, { horizon: source.horizon });
}

async function load({ file, write }: Source): Promise<Table> {
  const path = join(write === undefined ? options.data : folder, file);
  write?.(options.data, path);
  const { manifest } = await ingestFile({ file: path, fileName: file }, { tables, objects });
  return readTable(manifest, { tables, objects });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
