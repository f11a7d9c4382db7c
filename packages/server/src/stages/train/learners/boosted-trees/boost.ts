import { fail } from '@slipway/contract';
import { type Random, seededRandom } from '../../../../kernel/index.ts';
import type { Tree } from '../../model.ts';
import { type Objective, objectiveFor, outputsOf } from '../../objectives/index.ts';
import { rawScores } from '../../predict.ts';
import type { Fit, FitContext, LearnerData } from '../learner.ts';
import { addLeafScores } from './add-leaf-scores.ts';
import { binCount } from './binned-feature.ts';
import { type Derive, deriver } from './derive.ts';
import { earlyStopping } from './early-stopping.ts';
import { growTree } from './grow-tree.ts';
import { type Grower, makeGrower } from './grower.ts';
import type { GrownTree } from './grown-tree.ts';
import type { BoostedTreesParams } from './params.ts';
import { renewLeaves } from './renew-leaves.ts';
import { weightsOfClasses } from './row-weights.ts';
import { sampleFeatures, sampleRows } from './sample.ts';

/** Rounds in a row that may find nothing to split before boosting gives up (sampling may have better luck). */
const FRUITLESS_ROUNDS = 5;

/** A fit under way. `data.weights` has those of classes in it. */
type Boosting = {
  data: LearnerData;
  params: BoostedTreesParams;
  context: FitContext;
  objective: Objective;
  outputs: number;
  random: Random;
  grower: Grower;
  derive: Derive;
  base: number[];
  margins: Float64Array;
  usable: Int32Array;
  trees: Tree[];
  importance: Float64Array;
};

/**
 * Gradient boosting of decision trees over histograms (Friedman 2001; Chen and Guestrin 2016; Ke et al. 2017).
 * With validation rows the model is the one of the round with the lowest validation loss. Throws `train.params-invalid`
 * when an objective, constraint or weight does not suit the data.
 */
export function boost(data: LearnerData, params: BoostedTreesParams, context: FitContext): Fit {
  const boosting = begin(data, params, context);
  try {
    return boostRounds(boosting);
  } finally {
    boosting.grower.close();
  }
}

function boostRounds(boosting: Boosting): Fit {
  const { data, params, context, objective, outputs, margins } = boosting;
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
  const settled = { ...params, rounds: Math.max(1, best.round) };
  const model = modelOf(boosting, best.trees);
  const { importance } = boosting;
  return { model, validationMargins: best.margins, curve, importance, settled, cutShort };
}

function modelOf({ trees, context, objective, outputs, base }: Boosting, count: number): Fit['model'] {
  const own = trees.slice(0, count);
  const former = context.continueFrom;
  if (former) return { ...former, trees: [...former.trees, ...own] };
  return { link: objective.link, outputs, base, trees: own, linear: [], parts: [] };
}

function begin(given: LearnerData, params: BoostedTreesParams, context: FitContext): Boosting {
  const weights = weightsOfClasses(given, params);
  const data = weights ? { ...given, weights } : given;
  const objective = chosenObjective(data, params, context);
  const outputs = outputsOf(data);
  const random = seededRandom(context.seed);
  checkConstraints(data, params);
  const capacity = { rows: context.rows.length, riders: context.rows.length + context.validation.length };
  const teamMemory = context.team;
  const grower = makeGrower(data.binned, { params, weights, outputs, capacity, random, teamMemory });
  const base = objective.base(data.target, weights, context.rows, outputs);
  const margins = grower.arena.float64(data.features.rows * outputs);
  if (context.continueFrom) margins.set(rawScores(context.continueFrom, data.features));
  else for (let i = 0; i < margins.length; i++) margins[i] = base[i % outputs]!;
  const splittable = data.binned.features.flatMap((feature, f) => (binCount(feature) > 1 ? [f] : []));
  return {
    data,
    params,
    context,
    objective,
    outputs,
    random,
    grower,
    derive: deriver(grower, objective, data, context),
    base,
    margins,
    usable: Int32Array.from(splittable),
    trees: [],
    importance: new Float64Array(data.binned.features.length),
  };
}

function refuse(name: keyof BoostedTreesParams, reason: string): Error {
  return fail('train.params-invalid', { name, reason }, { path: `params.${name}` });
}

function chosenObjective(data: LearnerData, params: BoostedTreesParams, context: FitContext): Objective {
  const objective = objectiveFor(data.task, params.objective, params);
  if (!objective) throw refuse('objective', `${params.objective} is not for the task ${data.task}`);
  const { allows } = objective;
  if (allows && !data.target.every((y) => allows.target(y))) throw refuse('objective', allows.says);
  const former = context.continueFrom;
  if (former && (former.link !== objective.link || former.outputs !== outputsOf(data)))
    throw refuse('objective', `the model to go on from has the link ${former.link}, not ${objective.link}`);
  return objective;
}

function checkConstraints(
  { binned }: LearnerData,
  { monotoneConstraints: senses }: BoostedTreesParams,
): void {
  const count = binned.features.length;
  if (senses.length > count)
    throw refuse('monotoneConstraints', `there are ${senses.length} but ${count} features`);
  const category = senses.findIndex((sense, f) => sense !== 0 && binned.features[f]!.kind === 'category');
  if (category >= 0)
    throw refuse('monotoneConstraints', `feature ${category} is a category, which has no order`);
}

/** One round: a tree for each output, all from the derivatives at the round's start. Whether any tree has a split. */
function boostOnce(boosting: Boosting): boolean {
  const { params, context, random, grower, margins } = boosting;
  boosting.derive(margins);
  const { rows, riders } = sampleRows(context.rows, context.validation, params.baggingFraction, random);
  const before = boosting.trees.length;
  for (let output = 0; output < boosting.outputs; output++) {
    const features = sampleFeatures(boosting.usable, params.featureFraction, random);
    const grown = growTree(grower, { output, rows, riders, features });
    if (grown.gains.length > 0) keep(boosting, grown);
  }
  return boosting.trees.length > before;
}

function keep({ margins, outputs, grower, objective, data, importance, trees }: Boosting, grown: GrownTree) {
  if (objective.residualQuantile !== undefined) {
    const residual = (row: number) => data.target[row]! - margins[row]!;
    renewLeaves(grower, grown, residual, objective.residualQuantile);
  }
  addLeafScores(grower, grown, margins, outputs);
  for (const { feature, gain } of grown.gains) importance[feature]! += gain;
  trees.push(grown.tree);
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
