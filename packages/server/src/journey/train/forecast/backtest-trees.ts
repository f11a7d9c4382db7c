import { blendedErrors, scaledErrors } from './ensemble/blend.ts';
import type { BacktestCase } from './ensemble/weigh-members.ts';
import { scaleOf } from './errors.ts';
import { isPast, nameOf, tell, UNTIL, type Work } from './forecast-work.ts';
import type { Series, SeriesSet, TreesId } from './model.ts';
import { fitTrees, sampleTrees, type TreeFit, type TreeRequest } from './trees/fit-trees.ts';
import { summed } from './trees/origin.ts';
import { projectTrees } from './trees/project-trees.ts';
import { planTrees } from './trees/tree-plan.ts';
import type { TreeSeries } from './trees/tree-rows.ts';

/** Trees fitted, by what they correct. */
export type TreeFits = Partial<Record<TreesId, TreeFit>>;

/** Columns known in advance, and the error of the forecast with and without them on the same backtests. */
export type KnownUse = {
  columns: string[];
  /** Those of them that splits of the trees ask for. */
  asked: string[];
  /** Mean scaled error of the weighted mean with them, and without. */
  withKnown: number;
  withoutKnown: number;
  /** False where no tree asks for them, or the forecast without them is better beyond chance. */
  isUsed: boolean;
  /** Whether they save more than a standard error of the difference over the backtests. */
  isProven: boolean;
};

export const TREES: readonly { id: TreesId; base: 'season' | 'level' }[] = [
  { id: 'global-trees', base: 'season' },
  { id: 'level-trees', base: 'level' },
];

/** Rows that the trees are fitted to at most, by budget in seconds. */
const TREE_ROWS_A_SECOND = 4_000;
const MOST_TREE_ROWS = 150_000;
const LEAST_TREE_ROWS = 3_000;

/**
 * The trees are fitted at the earliest origin, and forecast from all of them with what is known there; with columns known in
 * advance and, where there are any, without. Which of both errs less in the weighted mean is kept, and fitted up to the end.
 */
export function backtestTrees(work: Work): { fits: TreeFits; known: KnownUse | null } {
  const { set } = work.request;
  const columns = set.covariates.filter(({ use }) => use === 'known').map(({ name }) => name);
  const nothing = { fits: {}, known: columns.length === 0 ? null : unused(work, columns) };
  if (isPast(work, UNTIL.local)) {
    work.says.push('Boosted trees were left out: the other models took their time.');
    return nothing;
  }
  const request = treeRequest(set, work.request.budgetSeconds, work.request.seed);
  const ends = request.ends.map((end) => Math.max(0, end - work.windows[0]!.left));
  const sample = sampleTrees({ ...request, ends });
  if (sample === undefined) {
    work.says.push(
      'Boosted trees were left out: the series are too few and too short to learn from together.',
    );
    return nothing;
  }
  const variants = columns.length === 0 ? [true] : [true, false];
  const pieces = TREES.length * (variants.length + 1);
  let piece = 0;
  const shouldStop = (until: number) => () => isPast(work, UNTIL.local + (UNTIL.trees - UNTIL.local) * until);
  const searched = variants.map((useKnown) => {
    const said = work.cases.map(({ said: others }) => ({ ...others }));
    const fits: TreeFits = {};
    for (const { id, base } of TREES) {
      const begun = work.clock.monotonic();
      const fit = fitTrees(sample, {
        base,
        useKnown,
        rounds: null,
        shouldStop: shouldStop(++piece / pieces),
      });
      work.seconds.set(id, (work.seconds.get(id) ?? 0) + (work.clock.monotonic() - begun) / 1000);
      if (fit === undefined) continue;
      fits[id] = fit;
      sayByTrees(work, said, request.series, id, fit);
      tell(work, UNTIL.trees, `${nameOf(id)} backtested`);
    }
    const cases = work.cases.map((one, i): BacktestCase => ({ ...one, said: said[i]! }));
    return { fits, cases, errors: scaledErrors(cases, blendedErrors(cases, set.series.length)) };
  });
  const [withKnown, withoutKnown] = searched;
  const saved = savedBy(withKnown!.errors, withoutKnown?.errors ?? withKnown!.errors);
  // Holidays may fall into no backtest: columns are left out only where they do harm.
  const isUsed = withoutKnown === undefined || saved.mean > -saved.standardError;
  const best = isUsed ? withKnown! : withoutKnown;
  for (const [i, one] of work.cases.entries()) Object.assign(one.said, best.cases[i]!.said);
  const missing = TREES.filter(({ id }) => best.fits[id] === undefined);
  if (missing.length === TREES.length)
    work.says.push('Boosted trees were left out: no split of theirs was better than none.');
  const whole = sampleTrees(request)!;
  const fits: TreeFits = {};
  for (const { id, base } of TREES) {
    const found = best.fits[id];
    if (found === undefined) continue;
    const isPastTime = shouldStop(++piece / pieces);
    let isCut = false;
    const stop = () => (isCut = isPastTime());
    const fit = fitTrees(whole, { base, useKnown: isUsed, rounds: found.rounds, shouldStop: stop });
    // Trees of the earliest backtest are better than fewer of them.
    fits[id] = fit === undefined || isCut ? found : fit;
  }
  if (columns.length === 0) return { fits, known: null };
  const asked = new Set(Object.values(withKnown!.fits).flatMap((fit) => fit.asked));
  return {
    fits,
    known: {
      columns,
      asked: columns.filter((name) => asked.has(name)),
      withKnown: meanOf(withKnown!.errors),
      withoutKnown: meanOf(withoutKnown!.errors),
      isUsed: isUsed && asked.size > 0,
      isProven: asked.size > 0 && saved.mean > saved.standardError,
    },
  };
}

/** What the first errors save of the others, case by case. */
function savedBy(errors: readonly number[], others: readonly number[]) {
  const saved = errors.map((error, i) => others[i]! - error).filter(Number.isFinite);
  const mean = meanOf(saved);
  const variance = saved.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, saved.length - 1);
  return { mean, standardError: Math.sqrt(variance / Math.max(1, saved.length)) };
}

function meanOf(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/** Without trees columns known in advance make no difference. */
function unused({ cases, request }: Work, columns: string[]): KnownUse {
  const error = meanOf(scaledErrors(cases, blendedErrors(cases, request.set.series.length)));
  return { columns, asked: [], withKnown: error, withoutKnown: error, isUsed: false, isProven: false };
}

/** All that trees of these series are made of, up to their ends. */
export function treeRequest(set: SeriesSet, budgetSeconds: number, seed: number): TreeRequest {
  return {
    plan: planTrees(set.frequency, set.seasons, set.horizon, set.covariates),
    series: set.series.map(treeSeriesOf),
    ends: set.series.map(({ values }) => values.length),
    scales: set.series.map(({ values }) => scaleOf(values, set.seasons[0] ?? 1)),
    mostRows: Math.round(
      Math.max(LEAST_TREE_ROWS, Math.min(MOST_TREE_ROWS, budgetSeconds * TREE_ROWS_A_SECOND)),
    ),
    seed,
  };
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
  { windows, cases }: Work,
  said: BacktestCase['said'][],
  series: readonly TreeSeries[],
  id: TreesId,
  { model, plan }: TreeFit,
): void {
  const least = plan.window + 1;
  windows.forEach(({ left }, window) => {
    const judged = [...cases.keys()].filter(
      (i) => cases[i]!.window === window && series[cases[i]!.series]!.history.values.length - left > least,
    );
    const seen = judged.map((i) => series[cases[i]!.series]!);
    const ats = seen.map(({ history }) => history.values.length - left - 1);
    const values = projectTrees(model, plan, seen, ats, plan.horizon);
    judged.forEach((i, which) => {
      said[i]![id] = values[which]!.slice(0, cases[i]!.truth.length);
    });
  });
}
