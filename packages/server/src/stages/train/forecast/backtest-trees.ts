import { blendedErrors, scaledErrors } from './ensemble/blend.ts';
import type { BacktestCase } from './ensemble/weigh-members.ts';
import { scaleOf } from './errors.ts';
import { isPast, nameOf, tell, UNTIL, type Work } from './forecast-work.ts';
import type { Series, SeriesSet, TreeBase, TreesId } from './model.ts';
import {
  fitVariant,
  isSmallForResiduals,
  sampleTrees,
  type TreeFit,
  type TreeSample,
} from './trees/fit-trees.ts';
import { standardOf, summed } from './trees/origin.ts';
import { projectTrees } from './trees/project-trees.ts';
import { planTrees } from './trees/tree-plan.ts';
import type { TreeRequest, TreeSeries } from './trees/tree-rows.ts';

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
  /**
   * Whether they save more than chance would over the backtests (Student's test of the difference, one-sided, at 5 %), and more
   * than two fits of trees differ by in any case.
   */
  isProven: boolean;
};

export const TREES: readonly { id: TreesId; base: TreeBase }[] = [
  { id: 'global-trees', base: 'season' },
  { id: 'level-trees', base: 'level' },
  { id: 'residual-trees', base: 'mean' },
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
  const { set, budgetSeconds, seed } = work.request;
  const columns = set.covariates.filter(({ use }) => use === 'known').map(({ name }) => name);
  const nothing = { fits: {}, known: columns.length === 0 ? null : unused(work, columns) };
  if (isPast(work, UNTIL.local)) return leftOut(work, 'the other models took their time', nothing);
  const sample = sampleTrees(treeRequest(set, budgetSeconds, seed, work.windows[0]!.left));
  if (sample === undefined)
    return leftOut(work, 'the series are too few and too short to learn from together', nothing);
  if (!isSmallForResiduals(sample))
    work.says.push(
      'Boosted trees of residuals were left out: they would have taken too long for so many values.',
    );
  const slices = timeSlices(work, TREES.length * (columns.length === 0 ? 2 : 3));
  const withKnown = search(work, sample, true, slices);
  const withoutKnown = columns.length === 0 ? withKnown : search(work, sample, false, slices);
  const saved = savedBy(withKnown.errors, withoutKnown.errors);
  // Holidays may fall into no backtest: columns are left out only where they do harm.
  const isUsed = saved.mean >= -saved.standardError;
  const best = isUsed ? withKnown : withoutKnown;
  for (const [i, one] of work.cases.entries()) Object.assign(one.said, best.cases[i]!.said);
  if (Object.keys(best.fits).length === 0)
    return leftOut(work, 'no split of theirs was better than none', nothing);
  const fits = fitToEnd(treeRequest(set, budgetSeconds, seed), best.fits, isUsed, slices);
  if (columns.length === 0) return { fits, known: null };
  const asked = new Set(Object.values(withKnown.fits).flatMap((fit) => fit.asked));
  return {
    fits,
    known: {
      columns,
      asked: columns.filter((name) => asked.has(name)),
      withKnown: meanOf(withKnown.errors),
      withoutKnown: meanOf(withoutKnown.errors),
      isUsed: isUsed && asked.size > 0,
      isProven: asked.size > 0 && isBeyondChance(saved, meanOf(withoutKnown.errors)),
    },
  };
}

function leftOut<T>({ says }: Work, reason: string, nothing: T): T {
  says.push(`Boosted trees were left out: ${reason}.`);
  return nothing;
}

/** Gives each fit, in turn, an equal part of the time of all: whether its own is over. */
function timeSlices(work: Work, fits: number): () => () => boolean {
  let fit = 0;
  return () => {
    const until = UNTIL.local + ((UNTIL.trees - UNTIL.local) * ++fit) / fits;
    return () => isPast(work, until);
  };
}

type Searched = { fits: TreeFits; cases: BacktestCase[]; errors: number[] };

/** Trees fitted at the earliest origin, the cases with what they said, and the errors of the weighted mean with them. */
function search(
  work: Work,
  sample: TreeSample,
  useKnown: boolean,
  slices: ReturnType<typeof timeSlices>,
): Searched {
  const cases = work.cases.map((one): BacktestCase => ({ ...one, said: { ...one.said } }));
  const fits: TreeFits = {};
  for (const { id, base } of TREES) {
    const begun = work.clock.monotonic();
    const fit = fitVariant(sample, () => sample, { base, useKnown, rounds: null, shouldStop: slices() });
    work.seconds.set(id, (work.seconds.get(id) ?? 0) + (work.clock.monotonic() - begun) / 1000);
    if (fit === undefined) continue;
    fits[id] = fit;
    sayByTrees(work, cases, sample.series, id, fit);
    tell(work, UNTIL.trees, `${nameOf(id)} backtested`);
  }
  return { fits, cases, errors: scaledErrors(cases, blendedErrors(cases, work.request.set.series.length)) };
}

/** The trees that were found, fitted up to the end of the values. */
function fitToEnd(
  request: TreeRequest,
  searched: TreeFits,
  useKnown: boolean,
  slices: ReturnType<typeof timeSlices>,
): TreeFits {
  let made: TreeSample | undefined;
  const sampleOf = () => (made ??= sampleTrees(request));
  const fits: TreeFits = {};
  for (const { id, base } of TREES) {
    const found = searched[id];
    if (found === undefined) continue;
    const isOver = slices();
    let isCut = false;
    const shouldStop = () => (isCut = isOver());
    const fit = fitVariant(request, sampleOf, { base, useKnown, rounds: found.rounds, shouldStop });
    // Trees of the earliest backtest are better than fewer of them.
    fits[id] = fit === undefined || isCut ? found : fit;
  }
  return fits;
}

/** What the first errors save of the others, case by case. */
function savedBy(errors: readonly number[], others: readonly number[]) {
  const saved = errors.map((error, i) => others[i]! - error).filter(Number.isFinite);
  const mean = meanOf(saved);
  const variance = saved.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, saved.length - 1);
  return { mean, cases: saved.length, standardError: Math.sqrt(variance / Math.max(1, saved.length)) };
}

/** The least share of the error to save: all backtests share a fit, and fits with and without columns that say nothing differ. */
const LEAST_SAVED = 0.03;

function isBeyondChance(
  { mean, cases, standardError }: ReturnType<typeof savedBy>,
  without: number,
): boolean {
  return mean > sureAt(cases - 1) * standardError && mean > LEAST_SAVED * without;
}

/** One-sided 95 % point of the normal distribution. */
const SURE = 1.645;

/** The same of Student's distribution (Cornish and Fisher's expansion); nothing is sure with a single case. */
function sureAt(freedom: number): number {
  if (freedom < 1) return Number.POSITIVE_INFINITY;
  const [cube, fifth] = [SURE ** 3, SURE ** 5];
  return SURE + (cube + SURE) / (4 * freedom) + (5 * fifth + 16 * cube + 3 * SURE) / (96 * freedom ** 2);
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

/** All that trees of these series are made of, up to `left` values before their ends. */
export function treeRequest(set: SeriesSet, budgetSeconds: number, seed: number, left = 0): TreeRequest {
  const ends = set.series.map(({ values }) => Math.max(0, values.length - left));
  return {
    plan: planTrees(set.frequency, set.seasons, set.horizon, set.covariates),
    series: set.series.map((one, index) => treeSeriesOf(one, ends[index]!)),
    ends,
    scales: set.series.map(({ values }) => scaleOf(values, set.seasons[0] ?? 1)),
    mostRows: Math.round(
      Math.max(LEAST_TREE_ROWS, Math.min(MOST_TREE_ROWS, budgetSeconds * TREE_ROWS_A_SECOND)),
    ),
    seed,
  };
}

function treeSeriesOf({ values, start, fixed, known }: Series, end: number): TreeSeries {
  return {
    history: summed(values),
    ...standardOf(values.subarray(0, end)),
    start,
    fixed,
    knownAt: (covariate, step) => known[covariate]?.[step - start] ?? Number.NaN,
  };
}

/** Lets the trees speak of every case that has enough values before it. */
function sayByTrees(
  { windows }: Work,
  cases: readonly BacktestCase[],
  series: readonly TreeSeries[],
  id: TreesId,
  fit: TreeFit,
): void {
  const lengthOf = (one: BacktestCase) => series[one.series]!.history.values.length;
  windows.forEach(({ left }, window) => {
    const judged = cases.filter((one) => one.window === window && lengthOf(one) - left > fit.plan.window + 1);
    const seen = judged.map((one) => series[one.series]!);
    const ats = judged.map((one) => lengthOf(one) - left - 1);
    const values = projectTrees(fit, seen, ats, fit.plan.horizon);
    judged.forEach((one, which) => {
      one.said[id] = values[which]!.slice(0, one.truth.length);
    });
  });
}
