/**
 * Forecasts of `trainForecast` against statsforecast's AutoETS, AutoTheta and MSTL and a LightGBM with calendar, lag and covariate
 * features: the same series, filled the same way, the same steps held out at several cut-offs, the same measures.
 *
 * Run:
 *   npm run bench -- forecast --python PYTHON [--seconds 60] [--cutoffs 3] [--most-series 40] [--only airline,m4_hourly]
 *     [--systems slipway,autoets,autotheta,mstl,lightgbm,seasonal-naive] [--data FOLDER] [--out FILE] [--measure-again slipway]
 *
 * PYTHON needs statsforecast, lightgbm and pandas; without it ours alone is measured. Of sets of more series than --most-series
 * as many are taken, evenly spread. Cut-offs are whole horizons apart: one, or as many as spread them over the last tenth of the
 * values. Each result, a cell, is appended to FILE (bench/results/forecast.jsonl unless given) as a line of JSON with the
 * commit, its time and the load average before and after. A cell of the same set, cut-off, system, budget and number of series that
 * is there already is not measured again, so a run that was cut off goes on; `--measure-again` names the systems whose cells of
 * other commits do not count, and the latest cell is the one shown. Sets come in the order of what they cost. A table of mean MASE
 * over the cut-offs, mean ranks and the coverage of our intervals comes at the end.
 *
 * Ours has a budget in processor time, by which other work on the machine changes nothing; the others run to their end, and
 * the seconds of all are processor time.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  forecastErrors,
  type HeldOut,
  holdOut,
  naiveTwo,
  type Projection,
  projectSeries,
  type SeriesSet,
  scaleOf,
  timeOf,
  trainForecast,
  truthOf,
} from '../packages/server/src/stages/train/index.ts';
import { openForecastSets, processorClock, without } from './forecast/forecast-sets.ts';
import { SOURCES } from './forecast/sources.ts';
import { beginStamp, openCells, presentCommit, type Stamp } from './result-cells.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    cutoffs: { type: 'string', default: '3' },
    'most-series': { type: 'string', default: '40' },
    systems: { type: 'string', default: 'slipway,autoets,autotheta,mstl,lightgbm,seasonal-naive' },
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    out: { type: 'string', default: 'bench/results/forecast.jsonl' },
    'measure-again': { type: 'string', default: '' },
  },
});

type Measures = Record<string, number>;

/** What tells one measurement from another. */
type Key = {
  set: string;
  /** 0 is the last one of `cutoffs`. */
  cutoff: number;
  cutoffs: number;
  system: string;
  /** Seconds that ours was given. */
  budget: number;
  mostSeries: number;
};

/** A measurement, a line of the file. */
type Cell = Key &
  Stamp & {
    series: number;
    horizon: number;
    seasons: number[];
    /** Steps between the cut-off and the end of the values. */
    left: number;
    measures: Measures;
    seconds: number;
    facts?: Record<string, unknown>;
  };

const systems = options.systems.split(',').filter((one) => one === 'slipway' || options.python !== undefined);
const cutoffs = Array.from({ length: Number(options.cutoffs) }, (_, cutoff) => cutoff);
const commit = presentCommit();
const again = options['measure-again'].split(',');
const cells = openCells<Cell>(options.out, ofThisRun);
const names = options.only?.split(',') ?? Object.keys(SOURCES);

const sets = await openForecastSets(options.data);
try {
  for (const name of names) await measureSet(name);
} finally {
  sets.close();
}
console.log(resultTable());

/** Whether a cell was measured with the settings of this run, and not before what is to be measured again. */
function ofThisRun(cell: Cell): boolean {
  const isSame =
    cell.mostSeries === Number(options['most-series']) &&
    cell.cutoffs === cutoffs.length &&
    (cell.system !== 'slipway' || cell.budget === Number(options.seconds));
  return isSame && (cell.commit === commit || !again.includes(cell.system));
}

function isMeasured(set: string, cutoff: number, system: string): boolean {
  return cells.all.some((one) => one.set === set && one.cutoff === cutoff && one.system === system);
}

async function measureSet(name: string): Promise<void> {
  const missing = cutoffs.flatMap((cutoff) =>
    systems.filter((system) => !isMeasured(name, cutoff, system)).map((system) => ({ cutoff, system })),
  );
  if (missing.length === 0) return;
  const whole = await sets.read(name, Number(options['most-series']));
  const apart = stepsApart(whole);
  for (const { cutoff, system } of missing)
    cells.keep(measureCell(name, whole, cutoff, cutoff * apart, system));
}

/** Cut-offs of short series are a horizon apart, those of long ones spread over the last tenth of the values. */
function stepsApart({ series, horizon }: SeriesSet): number {
  const lengths = series.map(({ values }) => values.length).toSorted((a, b) => a - b);
  const tenth = lengths[Math.floor(lengths.length / 2)]! / 10;
  return horizon * Math.max(1, Math.floor(tenth / horizon / cutoffs.length));
}

/** A forecast of one system from `left` steps before the end. */
function measureCell(name: string, whole: SeriesSet, cutoff: number, left: number, system: string): Cell {
  const stamp = beginStamp(commit);
  const set = { ...whole, series: whole.series.map((one) => without(one, left)) };
  const held = holdOut(set);
  const { said, seconds, facts } =
    system === 'slipway' ? forecastOurs(held.training) : forecastTheirs(set, held, system);
  return {
    set: name,
    cutoff,
    cutoffs: cutoffs.length,
    system,
    budget: Number(options.seconds),
    mostSeries: Number(options['most-series']),
    ...stamp(),
    series: set.series.length,
    horizon: set.horizon,
    seasons: set.seasons,
    left,
    measures: measured(set, held, said),
    seconds,
    ...(facts === undefined ? {} : { facts }),
  };
}

type Forecast = { said: Projection[]; seconds: number; facts?: Record<string, unknown> };

function forecastOurs(training: SeriesSet): Forecast {
  const trained = trainForecast(
    { set: training, budgetSeconds: Number(options.seconds), seed: 1 },
    { clock: processorClock },
  );
  const said = projectSeries(trained.model, trained.model.series, training.horizon);
  const board = Object.fromEntries(
    trained.leaderboard.map(({ label, mase, weight, seconds }) => [label, [mase, weight, seconds]]),
  );
  const { label, known, says, seconds } = trained;
  return { said, seconds, facts: { label, board, says, ...(known === null ? {} : { known }) } };
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

function forecastTheirs(set: SeriesSet, held: HeldOut, system: string): Forecast {
  const script = resolve('bench/forecast.py');
  const file = join(sets.folder, 'series.json');
  writeFileSync(file, JSON.stringify(requestOf(set, held)));
  const answer = execFileSync(options.python!, [script, file, system], { maxBuffer: 1 << 28 }).toString();
  const { seconds, forecasts } = JSON.parse(answer) as { seconds: number; forecasts: number[][] };
  const said = forecasts.map((values) => ({ from: 0, values: Float64Array.from(values), intervals: [] }));
  return { said, seconds };
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

/** Of each set that all systems were measured on the mean MASE over the cut-offs, the mean ranks, and what our intervals cover. */
function resultTable(): string {
  const shown = systems.filter((system) => cells.all.some((one) => one.system === system));
  const ranks = new Map<string, number[]>(shown.map((system) => [system, []]));
  const latest = (set: string, cutoff: number, system: string) =>
    cells.all.findLast((one) => one.set === set && one.cutoff === cutoff && one.system === system);
  const lines = names.flatMap((set) => {
    const all = shown.map((system) => cutoffs.flatMap((cutoff) => latest(set, cutoff, system) ?? []));
    if (all.some((own) => own.length < cutoffs.length)) return [];
    const over = (own: readonly Cell[], measure: string) =>
      mean(own.map(({ measures }) => measures[measure]!));
    const errors = all.map((own) => over(own, 'mase'));
    for (const [i, system] of shown.entries()) {
      const better = errors.filter((one) => one < errors[i]!).length;
      const equal = errors.filter((one) => one === errors[i]!).length;
      ranks.get(system)!.push(better + (equal + 1) / 2);
    }
    const ours = all[shown.indexOf('slipway')];
    const covered =
      ours && ['coverage_80', 'coverage_95'].map((level) => over(ours, level).toFixed(2)).join(', ');
    const seconds = all.map((own) => mean(own.map((cell) => cell.seconds)).toPrecision(2)).join(', ');
    const { series, horizon } = all[0]![0]!;
    return [
      `| ${set} | ${series} | ${horizon} | ${errors.map((one) => one.toFixed(3)).join(' | ')} | ${covered} | ${seconds} |`,
    ];
  });
  const means = shown.map((system) => mean(ranks.get(system)!).toFixed(2));
  return [
    `| set | series | horizon | ${shown.join(' | ')} | within our 80 % and 95 % | seconds |`,
    `|---|---|---|${shown.map(() => '---|').join('')}---|---|`,
    ...lines,
    `| mean rank over ${lines.length} | | | ${means.join(' | ')} | | |`,
  ].join('\n');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
