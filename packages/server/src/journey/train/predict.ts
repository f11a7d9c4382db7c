import type { FeatureMatrix } from '../prepare/index.ts';
import type { AdditiveModel, LinearTerm, Link, Predictions, Tree } from './model.ts';
import { sigmoid } from './objectives/logistic.ts';
import { softmaxInto } from './objectives/softmax.ts';

/**
 * The reference that every faster way to predict is held to: plain, row by row.
 * Give features as `encodeFeatures` of the prepare stage makes them.
 */
export function predictAdditive(model: AdditiveModel, features: FeatureMatrix): Predictions {
  return applyLink(model, rawScores(model, features));
}

/** Margins before the link, row-major: `[row * outputs + output]`. */
export function rawScores(model: AdditiveModel, features: FeatureMatrix): Float64Array {
  const { outputs } = model;
  const scores = new Float64Array(features.rows * outputs);
  for (let row = 0; row < features.rows; row++) {
    const at = row * outputs;
    for (let k = 0; k < outputs; k++) scores[at + k] = model.base[k]!;
    for (const tree of model.trees) scores[at + tree.output]! += leafScore(tree, features, row);
    for (const term of model.linear) {
      const weights = termWeights(term, features, row);
      for (let k = 0; k < outputs; k++) scores[at + k]! += weights(k);
    }
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

function leafScore(tree: Tree, features: FeatureMatrix, row: number): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    const x = features.columns[tree.feature[node]!]![row]!;
    node = goesLeft(tree, node, x) ? tree.left[node]! : tree.right[node]!;
  }
  return tree.value[node]!;
}

function goesLeft(tree: Tree, node: number, x: number): boolean {
  if (Number.isNaN(x)) return tree.missingLeft[node] === 1;
  const categories = tree.categories[node];
  return categories ? categories.includes(x) : x <= tree.threshold[node]!;
}

/** What the term adds to each output for the row. */
function termWeights(term: LinearTerm, features: FeatureMatrix, row: number): (output: number) => number {
  const x = features.columns[term.feature]![row]!;
  if (Number.isNaN(x)) return (k) => term.missingWeights[k]!;
  if (term.kind === 'category') return (k) => term.weights[x]![k]!;
  return (k) => (term.weights[k]! * (x - term.center)) / term.scale;
}
