import { mergeTerms } from './merge-terms.ts';
import type { AdditiveModel, LinearTerm, Tree } from './model.ts';

/**
 * The weighted sum of models on the margin scale, as one model. Weights that sum to 1 make it their average.
 *
 * @throws RangeError when the models differ in link or outputs, or there is none.
 */
export function blendModels(models: readonly AdditiveModel[], weights: readonly number[]): AdditiveModel {
  const [first] = models;
  if (!first) throw new RangeError('there is no model to blend');
  if (models.some((model) => model.link !== first.link || model.outputs !== first.outputs)) {
    throw new RangeError('models of different links or outputs have no sum');
  }
  const scaled = models.map((model, i) => scaleModel(model, weights[i]!));
  const base = first.base.map((_, k) => scaled.reduce((sum, model) => sum + model.base[k]!, 0));
  const merged = mergeTerms(scaled.flatMap((model) => model.linear));
  return {
    link: first.link,
    outputs: first.outputs,
    base: base.map((value, k) => value + (merged.base[k] ?? 0)),
    trees: scaled.flatMap((model) => model.trees),
    linear: merged.terms,
  };
}

/** The plain average of models. */
export function averageModels(models: readonly AdditiveModel[]): AdditiveModel {
  return blendModels(
    models,
    models.map(() => 1 / models.length),
  );
}

/** The model whose margins are `slope` times those of `model`, plus `shift[output]`. */
export function scaleModel(model: AdditiveModel, slope: number, shift?: readonly number[]): AdditiveModel {
  return {
    ...model,
    base: model.base.map((value, k) => slope * value + (shift?.[k] ?? 0)),
    trees: model.trees.map((tree) => scaleTree(tree, slope)),
    linear: model.linear.map((term) => scaleTerm(term, slope)),
  };
}

function scaleTree(tree: Tree, slope: number): Tree {
  return { ...tree, value: tree.value.map((value) => slope * value) };
}

function scaleTerm(term: LinearTerm, slope: number): LinearTerm {
  const scaled = (weights: number[]) => weights.map((weight) => slope * weight);
  const missingWeights = scaled(term.missingWeights);
  if (term.kind === 'number') return { ...term, weights: scaled(term.weights), missingWeights };
  return { ...term, weights: term.weights.map(scaled), missingWeights };
}
