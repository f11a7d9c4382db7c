import { type Random, seededRandom } from '../../../../kernel/index.ts';
import type { Tree } from '../../model.ts';
import { OBJECTIVE_OF_TASK, type Objective, outputsOf } from '../../objectives/index.ts';
import type { Fit, FitContext, LearnerData } from '../learner.ts';
import { binCount } from './binned-feature.ts';
import { earlyStopping } from './early-stopping.ts';
import { type GrownTree, growTree } from './grow-tree.ts';
import { type Grower, makeGrower } from './grower.ts';
import type { BoostedTreesParams } from './params.ts';
import { sampleFeatures, sampleRows } from './sample.ts';

/** Rounds in a row that may find nothing to split before boosting gives up (sampling may have better luck). */
const FRUITLESS_ROUNDS = 5;

/** A fit under way. */
type Boosting = {
  data: LearnerData;
  params: BoostedTreesParams;
  context: FitContext;
  objective: Objective;
  outputs: number;
  random: Random;
  grower: Grower;
  margins: Float64Array;
  usable: Int32Array;
  trees: Tree[];
  importance: Float64Array;
};

/**
 * Gradient boosting of decision trees over histograms (Friedman 2001; Chen and Guestrin 2016; Ke et al. 2017).
 * With validation rows the model is the one of the round with the lowest validation loss.
 */
export function boost(data: LearnerData, params: BoostedTreesParams, context: FitContext): Fit {
  const boosting = begin(data, params, context);
  const { objective, outputs, margins, importance } = boosting;
  const base = objective.base(data.target, data.weights, context.rows, outputs);
  fillMargins(margins, base);
  const stopping = earlyStopping(params.patience);
  const curve: number[] = [];
  let best = { trees: 0, round: 0, margins: marginsOf(margins, context.validation, outputs) };
  let fruitless = 0;
  let cutShort = false;
  for (let round = 1; round <= params.rounds && fruitless < FRUITLESS_ROUNDS; round++) {
    cutShort = context.shouldStop();
    if (cutShort) break;
    fruitless = boostOnce(boosting) ? 0 : fruitless + 1;
    if (context.validation.length === 0) {
      best = { ...best, trees: boosting.trees.length, round };
      continue;
    }
    const loss = objective.loss(margins, data.target, data.weights, context.validation, outputs);
    curve.push(loss);
    const verdict = stopping.observe(round, loss);
    if (verdict.improved) {
      marginsInto(best.margins, margins, context.validation, outputs);
      best = { ...best, trees: boosting.trees.length, round };
    }
    if (verdict.stop || context.isHopeless?.(curve)) break;
  }
  const trees = boosting.trees.slice(0, best.trees);
  const settled = { ...params, rounds: Math.max(1, best.round) };
  const model = { link: objective.link, outputs, base, trees, linear: [], parts: [] };
  return { model, validationMargins: best.margins, curve, importance, settled, cutShort };
}

function begin(data: LearnerData, params: BoostedTreesParams, context: FitContext): Boosting {
  const objective = OBJECTIVE_OF_TASK[data.task];
  const outputs = outputsOf(data);
  const random = seededRandom(context.seed);
  const capacity = { rows: context.rows.length, riders: context.rows.length + context.validation.length };
  const splittable = data.binned.features.flatMap((feature, f) => (binCount(feature) > 1 ? [f] : []));
  return {
    data,
    params,
    context,
    objective,
    outputs,
    random,
    grower: makeGrower(data.binned, { params, weights: data.weights, outputs, capacity, random }),
    margins: new Float64Array(data.features.rows * outputs),
    usable: Int32Array.from(splittable),
    trees: [],
    importance: new Float64Array(data.binned.features.length),
  };
}

/** One round: a tree for each output, all from the derivatives at the round's start. Whether any tree has a split. */
function boostOnce(boosting: Boosting): boolean {
  const { data, params, context, objective, random, grower, margins } = boosting;
  const gradients = grower.derivatives.map(({ gradient }) => gradient);
  const hessians = grower.derivatives.map(({ hessian }) => hessian);
  objective.derivatives(margins, data.target, data.weights, context.rows, gradients, hessians);
  const { rows, riders } = sampleRows(context.rows, context.validation, params.baggingFraction, random);
  const before = boosting.trees.length;
  for (let output = 0; output < boosting.outputs; output++) {
    const features = sampleFeatures(boosting.usable, params.featureFraction, random);
    const grown = growTree(grower, { output, rows, riders, features });
    if (grown.gains.length > 0) keep(boosting, grown);
  }
  return boosting.trees.length > before;
}

function keep(boosting: Boosting, { tree, leaves, gains, rows, riders }: GrownTree): void {
  const { margins, outputs } = boosting;
  for (const leaf of leaves) {
    const value = tree.value[leaf.node]!;
    for (let i = leaf.begin; i < leaf.end; i++) margins[rows[i]! * outputs + tree.output]! += value;
    for (let i = leaf.ridersBegin; i < leaf.ridersEnd; i++)
      margins[riders[i]! * outputs + tree.output]! += value;
  }
  for (const { feature, gain } of gains) boosting.importance[feature]! += gain;
  boosting.trees.push(tree);
}

function fillMargins(margins: Float64Array, base: number[]): void {
  for (let i = 0; i < margins.length; i++) margins[i] = base[i % base.length]!;
}

function marginsOf(margins: Float64Array, rows: Int32Array, outputs: number): Float64Array {
  const chosen = new Float64Array(rows.length * outputs);
  marginsInto(chosen, margins, rows, outputs);
  return chosen;
}

function marginsInto(into: Float64Array, margins: Float64Array, rows: Int32Array, outputs: number): void {
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < outputs; k++) into[i * outputs + k] = margins[rows[i]! * outputs + k]!;
  }
}
