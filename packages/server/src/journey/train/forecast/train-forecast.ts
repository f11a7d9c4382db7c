import { fail } from '@slipway/contract';
import type { Clock } from '../../../kernel/index.ts';
import {
  backtestWindows,
  factsOf,
  LOCAL_ORDER,
  labelOf,
  openCases,
  sayLocally,
  type Window,
} from './backtest.ts';
import {
  type BacktestCase,
  normalised,
  pooledErrors,
  type Weights,
  weighMembers,
} from './ensemble/weigh-members.ts';
import { scaledError, scaleOf } from './errors.ts';
import { conformalIntervals } from './intervals/conformal.ts';
import type {
  ForecastModel,
  LocalModelId,
  LocalState,
  MemberId,
  Series,
  SeriesModel,
  SeriesSet,
} from './model.ts';
import { localModel } from './models/index.ts';
import { fitTrees, type TreeFit } from './trees/fit-trees.ts';
import { summed } from './trees/origin.ts';
import { projectTrees } from './trees/project-trees.ts';
import { mostHistory, planTrees } from './trees/tree-plan.ts';
import type { TreeSeries } from './trees/tree-rows.ts';

export type ForecastProgress = { spent: number; says: string; best: string | undefined };

export type TrainForecastRequest = {
  /** Series without the steps held out. */
  set: SeriesSet;
  budgetSeconds: number;
  seed: number;
  /** Levels of the intervals; 0.8 and 0.95 when left out. */
  levels?: readonly number[];
  progress?: (news: ForecastProgress) => void;
  signal?: AbortSignal;
};

/** One line of the leaderboard: mean MASE over the backtests, and its standard error over series and windows. */
export type ForecastEntry = {
  member: MemberId | 'ensemble';
  label: string;
  mase: number;
  standardError: number;
  cases: number;
  seconds: number;
  /** Mean share over the series. */
  weight: number;
};

export type TrainedForecast = {
  model: ForecastModel;
  label: string;
  leaderboard: ForecastEntry[];
  windows: number;
  /** What was left out for want of time, in one sentence each. */
  says: string[];
  seconds: number;
};

const DEFAULT_LEVELS = [0.8, 0.95] as const;

/** Shares of the budget by the end of which each part has to be done. */
const UNTIL = { local: 0.45, trees: 0.7, all: 0.95 };
/** Rows that the trees are fitted to at most, by budget in seconds. */
const TREE_ROWS_A_SECOND = 4_000;
const MOST_TREE_ROWS = 150_000;
const LEAST_TREE_ROWS = 3_000;

type Work = {
  request: TrainForecastRequest;
  clock: Clock;
  begun: number;
  windows: Window[];
  cases: BacktestCase[];
  casesOf: BacktestCase[][];
  seconds: Map<MemberId, number>;
  /** Models that were fitted in a hurry. */
  hurried: Set<LocalModelId>;
  says: string[];
};

/**
 * Fits every model to every series, judges them by forecasts from one to three origins in the past, weighs them by
 * series, learns the width of intervals from the same forecasts, and fits what counts on all values.
 *
 * The budget is kept: models that would not be done in time are left out, and that is said. Without that the same
 * request gives the same model.
 */
export function trainForecast(request: TrainForecastRequest, { clock }: { clock: Clock }): TrainedForecast {
  const work = beginWork(request, clock);
  for (const id of LOCAL_ORDER) backtestLocally(work, id);
  const trees = backtestTrees(work);
  tell(work, UNTIL.trees, 'weighing the models');
  const weights = weighMembers(work.cases, request.set.series.length);
  const model = fitAll(work, weights, trees);
  const leaderboard = leaderboardOf(work, weights);
  return {
    model,
    label: labelFor(leaderboard),
    leaderboard,
    windows: work.windows.length,
    says: work.says,
    seconds: elapsed(work),
  };
}

function beginWork(request: TrainForecastRequest, clock: Clock): Work {
  const { set } = request;
  const windows = backtestWindows(
    set.series.map(({ values }) => values.length),
    set.horizon,
  );
  const cases = openCases(set, windows);
  const casesOf = set.series.map((): BacktestCase[] => []);
  for (const one of cases) casesOf[one.series]!.push(one);
  return {
    request,
    clock,
    begun: clock.monotonic(),
    windows,
    cases,
    casesOf,
    seconds: new Map(),
    hurried: new Set(),
    says: [],
  };
}

function elapsed({ clock, begun }: Work): number {
  return (clock.monotonic() - begun) / 1000;
}

function isPast(work: Work, share: number): boolean {
  if (work.request.signal?.aborted) throw fail('job.cancelled');
  return elapsed(work) > share * work.request.budgetSeconds;
}

function tell(work: Work, spent: number, says: string): void {
  const best = [...pooledErrors(work.cases.slice(0, 200))].toSorted(([, a], [, b]) => a - b)[0]?.[0];
  work.request.progress?.({ spent, says, best: best === undefined ? undefined : nameOf(best) });
}

function nameOf(member: MemberId): string {
  return member === 'global-trees' ? 'Global boosted trees' : labelOf(member);
}

/** The first series compile the code; how long the rest will take shows after so many more. */
const WARM_UP = 4;
const PROBED = 24;

/** Lets a model forecast every case, in a hurry where it would take too long, and not at all where even that would. */
function backtestLocally(work: Work, id: LocalModelId): void {
  const { set } = work.request;
  const begun = work.clock.monotonic();
  const isDone = sayInTime(work, id, false) || sayInTime(work, id, true);
  if (!isDone && !isEssential(id)) {
    for (const one of work.cases) delete one.said[id];
    const series = `${set.series.length.toLocaleString('en')} series`;
    work.says.push(`${labelOf(id)} was left out: it would have taken too long for ${series}.`);
  }
  work.seconds.set(id, (work.clock.monotonic() - begun) / 1000);
  const spent = Math.min(UNTIL.local, elapsed(work) / work.request.budgetSeconds);
  tell(work, spent, `${labelOf(id)} backtested`);
}

/** Whether the model was done with all series before its time was over. */
function sayInTime(work: Work, id: LocalModelId, isHurried: boolean): boolean {
  const { request, windows, casesOf } = work;
  const { series } = request.set;
  if (isHurried) work.hurried.add(id);
  let warm = work.clock.monotonic();
  for (let index = 0; index < series.length; index++) {
    if (isPast(work, UNTIL.local) && !isEssential(id)) return false;
    sayLocally(id, series[index]!, casesOf[index]!, windows, isHurried);
    if (index === WARM_UP) warm = work.clock.monotonic();
    if (index !== WARM_UP + PROBED) continue;
    const each = (work.clock.monotonic() - warm) / 1000 / PROBED;
    const isLate = elapsed(work) + each * (series.length - index) > UNTIL.local * request.budgetSeconds;
    if (isLate && !isEssential(id)) return false;
  }
  return true;
}

/** The models that cost next to nothing are always there. */
function isEssential(id: LocalModelId): boolean {
  return id === 'naive' || id === 'seasonal-naive';
}

/** The trees are fitted at the earliest origin, and forecast from all of them with what is known there. */
function backtestTrees(work: Work): TreeFit | undefined {
  const { request, windows } = work;
  const { set, seed, budgetSeconds } = request;
  const plan = planTrees(set.frequency, set.seasons, set.horizon, set.covariates);
  const begun = work.clock.monotonic();
  const series = set.series.map(treeSeriesOf);
  const first = windows[0]!.left;
  const common = {
    plan,
    series,
    scales: set.series.map(({ values }) => scaleOf(values, set.seasons[0] ?? 1)),
    mostRows: Math.round(
      Math.max(LEAST_TREE_ROWS, Math.min(MOST_TREE_ROWS, budgetSeconds * TREE_ROWS_A_SECOND)),
    ),
    seed,
    shouldStop: () => isPast(work, UNTIL.trees),
  };
  if (isPast(work, UNTIL.trees)) return undefined;
  const ends = set.series.map(({ values }) => Math.max(0, values.length - first));
  const searched = fitTrees({ ...common, ends, rounds: null });
  if (searched === undefined) {
    work.says.push(
      'Boosted trees were left out: the series are too few and too short to learn from together.',
    );
    return undefined;
  }
  sayByTrees(work, series, searched, plan);
  const all = set.series.map(({ values }) => values.length);
  const final = fitTrees({ ...common, ends: all, rounds: searched.rounds });
  work.seconds.set('global-trees', (work.clock.monotonic() - begun) / 1000);
  return final;
}

function treeSeriesOf({ values, start, fixed, known }: Series): TreeSeries {
  return {
    history: summed(values),
    start,
    fixed,
    knownAt: (covariate, step) => known[covariate]?.[step - start] ?? Number.NaN,
  };
}

function sayByTrees(
  work: Work,
  series: readonly TreeSeries[],
  fit: TreeFit,
  plan: ReturnType<typeof planTrees>,
): void {
  const least = plan.window + 1;
  work.windows.forEach(({ left }, window) => {
    const judged = work.cases.filter(
      (one) => one.window === window && series[one.series]!.history.values.length - left > least,
    );
    const seen = judged.map((one) => series[one.series]!);
    const ats = judged.map((one) => series[one.series]!.history.values.length - left - 1);
    const said = projectTrees(fit.model, plan, seen, ats, plan.horizon);
    judged.forEach((one, i) => {
      one.said['global-trees'] = said[i]!.slice(0, one.truth.length);
    });
  });
}

/** Fits the members that count on all values, and puts the model together. */
function fitAll(work: Work, weights: readonly Weights[], trees: TreeFit | undefined): ForecastModel {
  const { set, levels = DEFAULT_LEVELS } = work.request;
  const plan = planTrees(set.frequency, set.seasons, set.horizon, set.covariates);
  const conformal = conformalIntervals(errorsOf(work, weights), set.horizon, levels);
  const fixed = set.covariates.filter(({ use }) => use === 'static').length;
  return {
    frequency: set.frequency,
    seasons: set.seasons,
    horizon: set.horizon,
    covariates: set.covariates,
    trees: trees === undefined ? null : { model: trees.model, plan },
    growth: conformal.growth,
    intervals: conformal.intervals,
    series: set.series.map((series, index): SeriesModel => {
      if (index % 50 === 0)
        tell(work, Math.min(UNTIL.all, elapsed(work) / work.request.budgetSeconds), 'fitting on all values');
      const { end, tail, knownFrom } = endOf(series, mostHistory(plan));
      const { states, weights: own } = fitOne(work, series, weights[index]!, trees !== undefined);
      return {
        key: series.key,
        end,
        tail,
        recent: [],
        states,
        weights: own,
        spread: conformal.spreads[index]!,
        isNonNegative: factsOf(series.values, []).isNonNegative,
        fixed: series.fixed.slice(0, fixed).map(orNull),
        knownFrom,
        known: series.known.map((values) => Array.from(values.slice(knownFrom - series.start), orNull)),
      };
    }),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function endOf({ start, values }: Series, most: number) {
  const end = start + values.length - 1;
  const tail = Array.from(values.slice(-most));
  return { end, tail, knownFrom: end + 1 };
}

/** Fits the members of one series; one that does not suit gives its share to the others, at least to the naive ones. */
function fitOne(work: Work, series: Series, weights: Weights, hasTrees: boolean) {
  const states: Partial<Record<LocalModelId, LocalState>> = {};
  const kept: Weights = {};
  for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
    if (member === 'global-trees') {
      if (hasTrees && series.values.length > 8) kept[member] = weight;
      continue;
    }
    const model = localModel(member);
    const facts = factsOf(series.values, series.seasons, work.hurried.has(member));
    if (!model.suits(series.values.length, facts)) continue;
    const state = model.fit(series.values, facts);
    if (!model.project(state, work.request.set.horizon).every(Number.isFinite)) continue;
    states[member] = state;
    kept[member] = weight;
  }
  if (Object.keys(kept).length === 0) {
    const facts = factsOf(series.values, series.seasons);
    states['seasonal-naive'] = localModel('seasonal-naive').fit(series.values, facts);
    kept['seasonal-naive'] = 1;
  }
  return { states, weights: normalised(kept) };
}

/** What the weighted mean got wrong in the backtests, by series. */
function errorsOf({ casesOf, request }: Work, weights: readonly Weights[]) {
  return request.set.series.map(({ values }, index) => ({
    scale: scaleOf(values, request.set.seasons[0] ?? 1),
    windows: casesOf[index]!.map((one) => {
      const said = blended(one, weights[index]!);
      return one.truth.map((truth, k) => truth - said[k]!);
    }),
  }));
}

function blended({ said, truth }: BacktestCase, weights: Weights): Float64Array {
  const sum = new Float64Array(truth.length);
  let total = 0;
  for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
    const values = said[member];
    if (values === undefined) continue;
    values.forEach((value, k) => {
      sum[k]! += weight * value;
    });
    total += weight;
  }
  return sum.map((value) => value / total);
}

function leaderboardOf(work: Work, weights: readonly Weights[]): ForecastEntry[] {
  const members = [...pooledErrors(work.cases).keys()];
  const entries = members.map((member) =>
    entryOf(work, member, nameOf(member), (one) => one.said[member], meanShare(weights, member)),
  );
  const blend = entryOf(
    work,
    'ensemble',
    'Weighted mean by series',
    (one) => blended(one, weights[one.series]!),
    1,
  );
  return [...entries, blend].toSorted((a, b) => a.mase - b.mase);
}

function entryOf(
  work: Work,
  member: ForecastEntry['member'],
  label: string,
  said: (one: BacktestCase) => Float64Array | undefined,
  weight: number,
): ForecastEntry {
  const errors = work.cases.flatMap((one) => {
    const values = said(one);
    const error = values === undefined ? Number.NaN : scaledError(one, values);
    return Number.isFinite(error) ? [error] : [];
  });
  const mase = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const variance =
    errors.reduce((sum, error) => sum + (error - mase) ** 2, 0) / Math.max(1, errors.length - 1);
  const seconds = member === 'ensemble' ? elapsed(work) : (work.seconds.get(member) ?? 0);
  return {
    member,
    label,
    mase,
    standardError: Math.sqrt(variance / errors.length),
    cases: errors.length,
    seconds,
    weight,
  };
}

function meanShare(weights: readonly Weights[], member: MemberId): number {
  return weights.reduce((sum, one) => sum + (one[member] ?? 0), 0) / Math.max(1, weights.length);
}

function labelFor(leaderboard: readonly ForecastEntry[]): string {
  const parts = leaderboard.filter(({ member, weight }) => member !== 'ensemble' && weight > 0);
  const names = parts.toSorted((a, b) => b.weight - a.weight).map(({ label }) => label);
  return names.length === 1
    ? names[0]!
    : `Mean of ${names.length} (${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''})`;
}
