import type { FeatureMatrix } from '../prepare/index.ts';
import type { AdditiveModel, LinearTerm, Link, Part, Predictions } from './model.ts';
import { sigmoid } from './objectives/logistic.ts';
import { softmaxInto } from './objectives/softmax.ts';
import { leafOf } from './parts/forest-means.ts';
import { partMargins } from './parts/part-margins.ts';

/**
 * The reference that every faster way to predict is held to: plain, row by row.
 * Give features as `encodeFeatures` of the prepare stage makes them.
 */
export function predictAdditive(model: AdditiveModel, features: FeatureMatrix): Predictions {
  return applyLink(model, rawScores(model, features));
}

/**
 * Margins before the link, row-major: `[row * outputs + output]`. The base is added last: added to a base of 1e15 one by one, thousands
 * of leaves would each lose their digits.
 */
export function rawScores(model: AdditiveModel, features: FeatureMatrix): Float64Array {
  const { outputs, link } = model;
  const parts = model.parts.map((part) => partAdder(part, link, outputs));
  const x = new Float32Array(features.columns.length);
  const scores = new Float64Array(features.rows * outputs);
  for (let row = 0; row < features.rows; row++) {
    const at = row * outputs;
    for (let f = 0; f < x.length; f++) x[f] = features.columns[f]![row]!;
    for (const tree of model.trees) scores[at + tree.output]! += tree.value[leafOf(tree, x)]!;
    for (const term of model.linear) {
      const weights = termWeights(term, x[term.feature]!);
      for (let k = 0; k < outputs; k++) scores[at + k]! += weights(k);
    }
    for (const add of parts) add(x, scores, at);
    for (let k = 0; k < outputs; k++) scores[at + k]! += model.base[k]!;
  }
  return scores;
}

/** Applies the model's link to margins of {@link rawScores}. */
export function applyLink(model: Pick<AdditiveModel, 'link' | 'outputs'>, scores: Float64Array): Predictions {
  const rows = scores.length / model.outputs;
  const values = new Float64Array(scores.length);
  LINKS[model.link](scores, values, model.outputs);
  return { rows, outputs: model.outputs, values };
}

const LINKS: Record<Link, (scores: Float64Array, values: Float64Array, outputs: number) => void> = {
  identity: (scores, values) => values.set(scores),
  logistic: (scores, values) => values.set(scores.map((score) => sigmoid(score))),
  exp: (scores, values) => values.set(scores.map((score) => Math.exp(score))),
  softmax: (scores, values, outputs) => {
    for (let at = 0; at < scores.length; at += outputs) softmaxInto(scores, at, outputs, values, at);
  },
};

/** What adds the weighted margins of a part to `scores[at … at + outputs - 1]`. */
function partAdder(part: Part, link: Link, outputs: number) {
  const margins = partMargins(part, link);
  const own = new Float32Array(part.features.length);
  const said = new Float64Array(outputs);
  return (x: Float32Array, scores: Float64Array, at: number) => {
    for (let i = 0; i < own.length; i++) own[i] = x[part.features[i]!]!;
    margins(own, said);
    for (let k = 0; k < outputs; k++) scores[at + k]! += part.weight * said[k]!;
  };
}

/** What the term adds to each output for the row. */
function termWeights(term: LinearTerm, x: number): (output: number) => number {
  if (Number.isNaN(x)) return (k) => term.missingWeights[k]!;
  if (term.kind === 'category') return (k) => term.weights[x]![k]!;
  return (k) => (term.weights[k]! * (x - term.center)) / term.scale;
}
