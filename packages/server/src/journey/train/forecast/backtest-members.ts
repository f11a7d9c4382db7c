import { LOCAL_ORDER, labelOf, sayLocally } from './backtest.ts';
import { scaleOf } from './errors.ts';
import { elapsed, isPast, tell, UNTIL, type Work } from './forecast-work.ts';
import type { LocalModelId, Series, TreePlan } from './model.ts';
import { fitTrees, type TreeFit } from './trees/fit-trees.ts';
import { summed } from './trees/origin.ts';
import { projectTrees } from './trees/project-trees.ts';
import { planTrees } from './trees/tree-plan.ts';
import type { TreeSeries } from './trees/tree-rows.ts';

/** Rows that the trees are fitted to at most, by budget in seconds. */
const TREE_ROWS_A_SECOND = 4_000;

const MOST_TREE_ROWS = 150_000;

const LEAST_TREE_ROWS = 3_000;

/** The first series compile the code; how long the rest will take shows after so many more. */
const WARM_UP = 4;

const PROBED = 24;

/** Lets every local model forecast every case, the cheap ones first: what comes late may find no time left. */
export function backtestLocals(work: Work): void {
  for (const id of LOCAL_ORDER) backtestLocally(work, id);
}

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
    work.standing[index]![id] = sayLocally(id, series[index]!, casesOf[index]!, windows, isHurried);
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
export function backtestTrees(work: Work): TreeFit | undefined {
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

function sayByTrees(work: Work, series: readonly TreeSeries[], fit: TreeFit, plan: TreePlan): void {
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
