import { type Random, seededRandom } from '../../../../kernel/index.ts';
import type { ForestTree, Part } from '../../model.ts';
import { OBJECTIVE_OF_TASK, outputsOf } from '../../objectives/index.ts';
import { influenceOf } from '../../parts/influence.ts';
import { marginsOfMeans } from '../../parts/margins-of-means.ts';
import {
  BOOSTED_TREES_DEFAULTS,
  type Grower,
  type GrownTree,
  growTree,
  makeGrower,
} from '../boosted-trees/index.ts';
import type { Fit, FitContext, LearnerData } from '../learner.ts';
import { addVote, meanVote } from '../votes.ts';
import { bootstrapRows } from './bootstrap.ts';
import type { ForestParams } from './params.ts';

/** Share that each class is given at least: a hundred trees that agree are still no certainty. */
const FLOOR = 1e-3;

/** Trees after which the validation loss is looked at, for the curve. */
const TREES_A_LOOK = 5;

/** Of the grower's parameters those that a forest does not name. Groups of categories may be small: trees are many. */
const GROWER_PARAMS = {
  ...BOOSTED_TREES_DEFAULTS,
  learningRate: 1,
  l1: 0,
  l2: 1e-9,
  categorySmoothing: 1,
  categoryL2: 1,
};

/** A forest under way. */
type Growing = {
  data: LearnerData;
  params: ForestParams;
  context: FitContext;
  outputs: number;
  random: Random;
  grower: Grower;
  usable: Int32Array;
  /** What all training rows say on average. */
  prior: Float64Array;
  /** What the trees so far say of each validation row, summed; row-major over all rows of the data. */
  said: Float64Array;
  trees: ForestTree[];
  importance: Float64Array;
};

/**
 * A random forest (Breiman 2001) or extremely randomised trees (Geurts et al. 2006) on the histograms of boosted trees:
 * least squares on the target, or on classes as {@link setGoal} says. Leaves hold shares smoothed towards those of all
 * rows.
 */
export function fitForest(data: LearnerData, params: ForestParams, context: FitContext): Fit {
  const growing = begin(data, params, context);
  try {
    return growForest(growing);
  } finally {
    growing.grower.close();
  }
}

function growForest(growing: Growing): Fit {
  const { data, params, context, outputs, trees } = growing;
  const objective = OBJECTIVE_OF_TASK[data.task];
  const floor = objective.link === 'identity' ? 0 : FLOOR;
  const curve: number[] = [];
  let cutShort = false;
  while (trees.length < params.trees && !cutShort) {
    addTree(growing);
    if (trees.length % TREES_A_LOOK === 0 && context.validation.length > 0) {
      const margins = marginsSoFar(growing, floor);
      curve.push(objective.loss(margins, data.target, data.weights, context.validation, outputs));
    }
    cutShort = trees.length < params.trees && context.shouldStop();
  }
  const features = data.features.columns.map((_, feature) => feature);
  const bare: Part = { kind: 'forest', trees, floor, weight: 1, features, influence: features.map(() => 0) };
  const part = { ...bare, influence: influenceOf(bare, objective.link, outputs, data.features, context) };
  const base = new Array<number>(outputs).fill(0);
  const margins = marginsSoFar(growing, floor);
  return {
    model: { link: objective.link, outputs, base, trees: [], linear: [], parts: [part] },
    validationMargins: rowsOf(margins, context.validation, outputs),
    curve,
    importance: growing.importance,
    settled: params,
    cutShort,
  };
}

function begin(data: LearnerData, params: ForestParams, context: FitContext): Growing {
  const outputs = outputsOf(data);
  const random = seededRandom(context.seed);
  const usable = data.features.columns.map((_, feature) => feature).filter((f) => hasChoice(data, f));
  const growerParams = {
    ...GROWER_PARAMS,
    leaves: params.leaves,
    maxDepth: params.maxDepth,
    minRowsInLeaf: params.minRowsInLeaf,
    minRowsInCategoryGroup: params.minRowsInLeaf,
    extraTrees: params.extraTrees,
    featureFractionByNode: params.featureFraction || usualFraction(data.task, usable.length),
  };
  const { validation, rows } = context;
  const capacity = { rows: rows.length, riders: validation.length };
  const options = { params: growerParams, weights: data.weights, outputs: 1, capacity, random };
  return {
    data,
    params,
    context,
    outputs,
    random,
    grower: makeGrower(data.binned, options),
    usable: Int32Array.from(usable),
    prior: meanVote(data.target, data.weights, rows, outputs),
    said: new Float64Array(data.features.rows * outputs),
    trees: [],
    importance: new Float64Array(data.features.columns.length),
  };
}

function hasChoice({ binned }: LearnerData, feature: number): boolean {
  const { valueBins, hasMissing } = binned.features[feature]!;
  return valueBins + (hasMissing ? 1 : 0) > 1;
}

/** The square root of the features for classes, half of them for numbers. */
function usualFraction(task: LearnerData['task'], features: number): number {
  return task === 'regression' ? 0.5 : 1 / Math.sqrt(Math.max(1, features));
}

function addTree(growing: Growing): void {
  const { grower, params, context, random, usable, trees, importance } = growing;
  setGoal(growing);
  const rows = params.bootstrap ? bootstrapRows(context.rows, random) : context.rows;
  const grown = growTree(grower, { output: 0, rows, riders: context.validation, features: usable });
  const { output: _, value: __, ...splits } = grown.tree;
  const says = leafVotes(growing, grown);
  trees.push({ ...splits, says });
  addToSaid(growing, grown, says);
  for (const { feature, gain } of grown.gains) importance[feature]! += gain;
}

/**
 * What the next tree is to tell apart: the target, and for more than two classes a random number for each class, drawn
 * anew for every tree (random projection of the outputs: Joly, Geurts and Wehenkel 2014), so that a tree costs the same
 * for any number of classes. Its leaves hold the shares of all classes nonetheless.
 */
function setGoal({ data, outputs, random, grower, context, prior }: Growing): void {
  const { gradient, hessian } = grower.derivatives[0]!;
  const { target, weights } = data;
  const codes = Float64Array.from({ length: outputs }, () => random() + random() + random() - 1.5);
  const center = outputs === 1 ? prior[0]! : codes.reduce((sum, code, k) => sum + code * prior[k]!, 0);
  for (const row of context.rows) {
    const weight = weights ? weights[row]! : 1;
    gradient[row] = -weight * ((outputs === 1 ? target[row]! : codes[target[row]!]!) - center);
    hessian[row] = weight;
  }
}

/** By node: at leaves what their rows say on average, the prior counting as `smoothing` rows; null at splits. */
function leafVotes({ data, params, prior, outputs }: Growing, { tree, leaves, rows }: GrownTree) {
  const says = tree.feature.map((): number[] | null => null);
  for (const { node, begin, end } of leaves) {
    const sums = prior.map((share) => params.smoothing * share);
    let mass = params.smoothing;
    for (let i = begin; i < end; i++) {
      const weight = data.weights ? data.weights[rows[i]!]! : 1;
      addVote(data.target, rows[i]!, weight, sums, 0, outputs);
      mass += weight;
    }
    says[node] = Array.from(sums, (sum) => sum / mass);
  }
  return says;
}

function addToSaid(
  { said, outputs }: Growing,
  { leaves, riders }: GrownTree,
  says: (number[] | null)[],
): void {
  for (const { node, ridersBegin, ridersEnd } of leaves) {
    const leaf = says[node]!;
    for (let i = ridersBegin; i < ridersEnd; i++) {
      for (let k = 0; k < outputs; k++) said[riders[i]! * outputs + k]! += leaf[k]!;
    }
  }
}

/** Margins of the validation rows by the trees so far, in their places among all rows. */
function marginsSoFar({ data, said, trees, outputs, context }: Growing, floor: number): Float64Array {
  const { link } = OBJECTIVE_OF_TASK[data.task];
  const margins = new Float64Array(said.length);
  for (const row of context.validation) {
    const at = row * outputs;
    for (let k = 0; k < outputs; k++) margins[at + k] = said[at + k]! / trees.length;
    marginsOfMeans(link, floor, margins, at, outputs);
  }
  return margins;
}

function rowsOf(margins: Float64Array, rows: Int32Array, outputs: number): Float64Array {
  const chosen = new Float64Array(rows.length * outputs);
  rows.forEach((row, i) => {
    chosen.set(margins.subarray(row * outputs, (row + 1) * outputs), i * outputs);
  });
  return chosen;
}
