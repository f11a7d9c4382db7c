import { seededRandom } from '../../../../kernel/index.ts';
import { binFeatures } from '../../learners/boosted-trees/index.ts';
import { LEARNERS, type LearnerParams } from '../../learners/index.ts';
import type { AdditiveModel } from '../../model.ts';
import type { TreeBase, TreePlan } from '../model.ts';
import { fitEffects, residualSeries } from './effects.ts';
import { sampleRows } from './sample-rows.ts';
import { leastHistory } from './tree-plan.ts';
import { type TreeRequest, type TreeRow, type TreeRows, treeRows } from './tree-rows.ts';

export type TreeFit = {
  model: AdditiveModel;
  plan: TreePlan;
  rounds: number;
  /** Known covariates that splits ask for. */
  asked: string[];
  /** What the calendar and known covariates explain; the trees are of the residuals then. */
  effects?: AdditiveModel;
};

/** Rows with their features, which several fits share. */
export type TreeSample = TreeRequest & { rows: TreeRow[]; made: TreeRows };

/** Which trees to fit to a sample. */
export type TreeVariant = {
  base: TreeBase;
  /** Whether they may ask for columns known in advance. */
  useKnown: boolean;
  /** Rounds to fit; null finds them by the latest steps of each series. */
  rounds: number | null;
  shouldStop: () => boolean;
};

/** Fewer rows teach nothing. */
const LEAST_ROWS = 150;
const MOST_ROUNDS = 400;
/** Targets further from the plain forecast than this many scales are cut: the loss is squared. */
const FURTHEST = 8;

/** Forecasts that could have been made in the past, with what was known; undefined with too few of them to learn from. */
export function sampleTrees(request: TreeRequest): TreeSample | undefined {
  const rows = sampleRows(request.plan, request.ends, request.mostRows, seededRandom(request.seed));
  if (rows.length < LEAST_ROWS) return undefined;
  return { ...request, rows, made: treeRows(request.plan, request.series, rows) };
}

/**
 * One model of boosted trees over all series: from what is known at an origin to how far the value some steps ahead
 * will be from a plain forecast. Direct: the step is a feature, and no forecast is fed back. Undefined when no tree has a split.
 */
export function fitTrees(
  sample: TreeSample,
  { base, useKnown, rounds, shouldStop }: TreeVariant,
): TreeFit | undefined {
  const { plan, ends, rows, made, seed } = sample;
  const kept = useKnown ? made.knownOf.length : made.knownOf.filter((name) => name === undefined).length;
  const { columns, levels } = made.features;
  const features = { rows: rows.length, columns: columns.slice(0, kept), levels: levels.slice(0, kept) };
  const target = targetsOf(sample, base);
  const weights = weightsOf(sample);
  const { training, validation } = rounds === null ? divide(plan, ends, rows) : everything(rows);
  const learner = LEARNERS['boosted-trees'];
  const fit = learner.fit(
    { task: 'regression', classes: 0, features, target, weights, binned: binFeatures(features) },
    paramsFor(rows.length, rounds),
    { rows: training, validation, seed, shouldStop },
  );
  const split = new Set(fit.model.trees.flatMap(({ feature }) => [...feature].filter((one) => one >= 0)));
  if (split.size === 0) return undefined;
  const asked = new Set([...split].flatMap((feature) => made.knownOf[feature] ?? []));
  const covariates = useKnown ? plan.covariates : plan.covariates.filter(({ use }) => use !== 'known');
  return {
    model: fit.model,
    plan: { ...plan, base, covariates },
    rounds: Number(fit.settled.rounds),
    asked: [...asked],
  };
}

/** The trees that a variant asks for: those that correct values themselves share a sample, those of residuals have their own. */
export function fitVariant(
  request: TreeRequest,
  sampleOf: () => TreeSample | undefined,
  variant: TreeVariant,
): TreeFit | undefined {
  if (variant.base === 'mean') return fitResidualTrees(request, variant);
  const sample = sampleOf();
  return sample && fitTrees(sample, variant);
}

/** Residuals are made of every value: of more than so many for each row of the trees there is no time. */
const VALUES_A_ROW = 20;

/** Whether the residuals of all values can be made in time. */
export function isSmallForResiduals({ ends, mostRows }: Pick<TreeRequest, 'ends' | 'mostRows'>): boolean {
  return ends.reduce((sum, end) => sum + end, 0) <= VALUES_A_ROW * mostRows;
}

/**
 * Trees of what the calendar and the columns known in advance leave unexplained. Undefined where they explain nothing, or
 * nothing is to be learned of the rest.
 */
function fitResidualTrees(
  request: TreeRequest,
  { useKnown, rounds, shouldStop }: Omit<TreeVariant, 'base'>,
): TreeFit | undefined {
  const { ends, series, scales } = request;
  if (!isSmallForResiduals(request)) return undefined;
  const covariates = request.plan.covariates.filter(({ use }) => useKnown || use !== 'known');
  const plan: TreePlan = { ...request.plan, covariates, base: 'mean' };
  const effects = fitEffects({ ...request, plan }, shouldStop);
  if (effects === undefined) return undefined;
  const sample = sampleTrees({
    ...request,
    plan,
    series: series.map((one, which) =>
      ends[which]! === 0 ? one : residualSeries(effects.model, plan, one, [0, ends[which]! - 1]),
    ),
    scales: scales.map((scale, which) => scale / (series[which]!.deviation || 1)),
  });
  const fit = sample && fitTrees(sample, { base: 'mean', useKnown: true, rounds, shouldStop });
  if (fit === undefined) return undefined;
  return { ...fit, asked: [...new Set([...effects.asked, ...fit.asked])], effects: effects.model };
}

function targetsOf({ series, rows, made }: TreeSample, base: TreeVariant['base']): Float64Array {
  const from = base === 'season' ? made.base : made.level;
  return Float64Array.from(rows, ({ series: which, at, step }, i) => {
    const away = (series[which]!.history.values[at + step]! - from[i]!) / made.scale[i]!;
    return Math.max(-FURTHEST, Math.min(FURTHEST, away));
  });
}

/** An error counts by its size in the scale that it will be told in. */
function weightsOf({ scales, rows, made: { scale } }: TreeSample): Float64Array {
  return Float64Array.from(rows, ({ series }, i) => {
    const ratio = scale[i]! / (scales[series]! || scale[i]!);
    return Number.isFinite(ratio) ? Math.min(4, Math.max(0.25, ratio)) : 1;
  });
}

/** Of long series the last tenth stops the fit: a day of half-hours says little of the others. */
const VALIDATION_SHARE = 0.1;

/** Rows about the last steps of their series stop the fit; rows that would see those values are left out. */
function divide(plan: TreePlan, ends: readonly number[], rows: readonly TreeRow[]) {
  const training: number[] = [];
  const validation: number[] = [];
  rows.forEach(({ series, at, step }, i) => {
    const end = ends[series]!;
    const usable = end - leastHistory(plan);
    const spared = Math.max(plan.horizon, Math.floor(VALIDATION_SHARE * usable));
    const cut = end - Math.max(1, Math.min(spared, Math.floor(usable / 3)));
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
    learningRate: rows < 5_000 ? 0.05 : 0.1,
    leaves: rows < 5_000 ? 8 : 31,
    minRowsInLeaf: rows < 5_000 ? 20 : 40,
    featureFraction: 0.7,
    baggingFraction: 0.8,
    patience: 30,
  };
}
