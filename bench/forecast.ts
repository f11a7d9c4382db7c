/**
 * Forecasts of `trainForecast` against statsforecast's AutoETS and AutoTheta: the same series, filled the same way, the
 * same last steps held out, the same measures, on each set of series of ../shared/data (or of --data FOLDER).
 *
 * Run:
 *   npm run bench -- forecast --python PYTHON [--seconds 60] [--only airline,m4_hourly] [--data FOLDER]
 *
 * PYTHON needs statsforecast and pandas; without it our own numbers are printed alone. M4 is held out as the competition
 * did: its test file is the truth. Prints one JSON line for each set: MASE, OWA and seconds of each.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  prepareSeries,
  projectSeries,
  type SeriesSet,
  scaleOf,
  seriesRows,
  trainForecast,
  truthOf,
} from '../packages/server/src/journey/train/index.ts';
import { systemClock } from '../packages/server/src/kernel/index.ts';

type Source = { file: string; target: string; time: string; series: string[]; horizon: number };

const SETS: Record<string, Source> = {
  airline: { file: 'airline_passengers.csv', target: 'Passengers', time: 'Month', series: [], horizon: 12 },
  temperatures: { file: 'daily_min_temperatures.csv', target: 'Temp', time: 'Date', series: [], horizon: 14 },
  etth1: { file: 'etth1_hourly.csv', target: 'OT', time: 'date', series: [], horizon: 24 },
  retail: {
    file: 'aus_retail_turnover.csv',
    target: 'Turnover',
    time: 'Month',
    series: ['Series ID'],
    horizon: 12,
  },
  walmart: {
    file: 'walmart_weekly_sales.csv',
    target: 'Weekly_Sales',
    time: 'Date',
    series: ['Store', 'Dept'],
    horizon: 8,
  },
  m4_hourly: { file: 'm4_hourly.csv', target: 'y', time: 'ds', series: ['unique_id'], horizon: 48 },
};

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'forecast-'));
const tables = createDuckdbTables({
  scratchFolder: join(folder, 'scratch'),
  memoryLimitBytes: 1e9,
  threads: 1,
});
const objects = await openFileObjects(join(folder, 'objects'));

try {
  for (const name of options.only?.split(',') ?? Object.keys(SETS)) await compare(name, SETS[name]!);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(name: string, source: Source): Promise<void> {
  const table = await load(name, source);
  const { rows } = seriesRows(table, { ...source, known: [], exclude: ['rownames'], dataset: name });
  const set = prepareSeries(rows, { horizon: source.horizon });
  const held = holdOut(set);
  const trained = trainForecast(
    { set: held.training, budgetSeconds: Number(options.seconds), seed: 1 },
    { clock: systemClock },
  );
  const said = projectSeries(trained.model, trained.model.series, set.horizon);
  const ours = measured(set, held, said);
  const theirs = options.python === undefined ? {} : theirsOf(options.python, set, held);
  const line = {
    set: name,
    series: held.left.filter((left) => left > 0).length,
    horizon: set.horizon,
    seasons: set.seasons,
    slipway: { ...figures(ours), seconds: round(trained.seconds), says: trained.says },
    coverage: { 80: round(ours.coverage_80), 95: round(ours.coverage_95) },
    ...theirs,
  };
  console.log(JSON.stringify(line));
}

type Said = { values: Float64Array; intervals: ReturnType<typeof projectSeries>[number]['intervals'] };

function measured(set: SeriesSet, held: HeldOut, said: readonly Said[]): Record<string, number> {
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

function theirsOf(python: string, set: SeriesSet, held: HeldOut): Record<string, unknown> {
  const file = join(folder, 'series.json');
  const series = held.training.series.map(({ values }) => [...values]);
  writeFileSync(file, JSON.stringify({ horizon: set.horizon, season: set.seasons[0] ?? 1, series }));
  const output = execFileSync(python, [resolve('bench/forecast.py'), file], { maxBuffer: 1 << 28 });
  const answer = JSON.parse(output.toString()) as Record<string, { seconds: number; forecasts: number[][] }>;
  return Object.fromEntries(
    Object.entries(answer).map(([model, { seconds, forecasts }]) => {
      const said = forecasts.map((values) => ({ values: Float64Array.from(values), intervals: [] }));
      return [model, { ...figures(measured(set, held, said)), seconds: round(seconds) }];
    }),
  );
}

function figures({ mase, owa }: Record<string, number>) {
  return { mase: round(mase), owa: round(owa) };
}

function round(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toFixed(4));
}

async function load(name: string, { file }: Source): Promise<Table> {
  const path = name === 'm4_hourly' ? longM4() : join(options.data, file);
  const { manifest } = await ingestFile({ file: path, fileName: file }, { tables, objects });
  return readTable(manifest, { tables, objects });
}

/** The competition's files have one series a row; here one value a row, the test values after the training ones. */
function longM4(): string {
  const [train, test] = ['m4_hourly_train.csv', 'm4_hourly_test.csv'].map((file) =>
    readFileSync(join(options.data, file), 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(',').map((cell) => cell.replaceAll('"', ''))),
  );
  const lines = train!.flatMap(([id, ...values], row) =>
    [...values.filter((value) => value !== ''), ...test![row]!.slice(1)].map(
      (value, step) => `${id},${step + 1},${value}`,
    ),
  );
  const path = join(folder, 'm4_hourly.csv');
  writeFileSync(path, `unique_id,ds,y\n${lines.join('\n')}\n`);
  return path;
}
