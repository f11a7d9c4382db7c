import { seededRandom } from '../../../../kernel/index.ts';
import { binFeatures } from '../../learners/boosted-trees/index.ts';
import { LEARNERS, type LearnerParams } from '../../learners/index.ts';
import type { AdditiveModel } from '../../model.ts';
import type { TreePlan } from '../model.ts';
import { sampleRows } from './sample-rows.ts';
import { leastHistory } from './tree-plan.ts';
import { type TreeRow, type TreeRows, type TreeSeries, treeRows } from './tree-rows.ts';

export type TreeFit = { model: AdditiveModel; rounds: number; rows: number };

export type TreeRequest = {
  plan: TreePlan;
  series: readonly TreeSeries[];
  /** Of each series how many of its values may be looked at. */
  ends: readonly number[];
  /** Mean absolute seasonal difference of each series, in which errors will be told. */
  scales: readonly number[];
  mostRows: number;
  seed: number;
  shouldStop: () => boolean;
  /** Rounds to fit; null finds them by the latest steps of each series. */
  rounds: number | null;
};

/** Fewer rows teach nothing. */
const LEAST_ROWS = 150;
const MOST_ROUNDS = 400;
/** Targets further from the plain forecast than this many scales are cut: the loss is squared. */
const FURTHEST = 5;

/**
 * One model of boosted trees over all series: from what is known at an origin to how far the value some steps ahead
 * will be from a plain seasonal forecast. Direct: the step is a feature, and no forecast is fed back. Undefined with
 * too few rows.
 */
export function fitTrees(request: TreeRequest): TreeFit | undefined {
  const { plan, series, ends, seed } = request;
  const random = seededRandom(seed);
  const rows = sampleRows(plan, ends, request.mostRows, random);
  if (rows.length < LEAST_ROWS) return undefined;
  const made = treeRows(plan, series, rows);
  const target = targetsOf(series, rows, made);
  const weights = weightsOf(request, rows, made);
  const { training, validation } = request.rounds === null ? divide(plan, ends, rows) : everything(rows);
  const learner = LEARNERS['boosted-trees'];
  const params = paramsFor(rows.length, request.rounds);
  const fit = learner.fit(
    {
      task: 'regression',
      classes: 0,
      features: made.features,
      target,
      weights,
      binned: binFeatures(made.features),
    },
    params,
    { rows: training, validation, seed, shouldStop: request.shouldStop },
  );
  return { model: fit.model, rounds: Number(fit.settled.rounds), rows: rows.length };
}

function targetsOf(series: readonly TreeSeries[], rows: readonly TreeRow[], made: TreeRows): Float64Array {
  return Float64Array.from(rows, ({ series: which, at, step }, i) => {
    const away = (series[which]!.history.values[at + step]! - made.base[i]!) / made.scale[i]!;
    return Math.max(-FURTHEST, Math.min(FURTHEST, away));
  });
}

/** An error counts by its size in the scale that it will be told in. */
function weightsOf({ scales }: TreeRequest, rows: readonly TreeRow[], { scale }: TreeRows): Float64Array {
  return Float64Array.from(rows, ({ series }, i) => {
    const ratio = scale[i]! / (scales[series]! || scale[i]!);
    return Number.isFinite(ratio) ? Math.min(4, Math.max(0.25, ratio)) : 1;
  });
}

/** Rows about the last steps of their series stop the fit; rows that would see those values are left out. */
function divide(plan: TreePlan, ends: readonly number[], rows: readonly TreeRow[]) {
  const training: number[] = [];
  const validation: number[] = [];
  rows.forEach(({ series, at, step }, i) => {
    const end = ends[series]!;
    const cut = end - Math.max(1, Math.min(plan.horizon, Math.floor((end - leastHistory(plan)) / 3)));
    if (at + step < cut) training.push(i);
    else if (at >= cut - plan.horizon) validation.push(i);
  });
  if (training.length < validation.length || validation.length === 0) return everything(rows);
  return { training: Int32Array.from(training), validation: Int32Array.from(validation) };
}

function everything(rows: readonly TreeRow[]) {
  return { training: Int32Array.from(rows, (_, i) => i), validation: new Int32Array(0) };
}

function paramsFor(rows: number, rounds: number | null): LearnerParams {
  return {
    ...LEARNERS['boosted-trees'].defaults,
    rounds: rounds ?? MOST_ROUNDS,
    learningRate: 0.05,
    leaves: rows < 5_000 ? 8 : 31,
    minRowsInLeaf: rows < 5_000 ? 20 : 40,
    featureFraction: 0.7,
    baggingFraction: 0.8,
    patience: 30,
  };
}
