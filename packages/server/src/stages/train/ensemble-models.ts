import { mergeTerms } from './merge-terms.ts';
import type { AdditiveModel, LinearTerm, TermWeights, Tree } from './model.ts';
import { averageForests, isForest } from './parts/average-forests.ts';

/**
 * The weighted sum of models on the margin scale, as one model. Weights that sum to 1 make it their average.
 *
 * @throws RangeError when the models differ in link or outputs, or there is none.
 */
export function ensembleModels(models: readonly AdditiveModel[], weights: readonly number[]): AdditiveModel {
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
    parts: scaled.flatMap((model) => model.parts),
    ...sumOfTerms(scaled),
  };
}

/** One set of weights for each text, where there are any. */
function sumOfTerms(models: readonly AdditiveModel[]): Pick<AdditiveModel, 'terms'> {
  const sums = new Map<number, Float64Array[]>();
  for (const { text, weights } of models.flatMap(({ terms = [] }) => terms)) {
    const sum = sums.get(text);
    sums.set(text, sum === undefined ? weights : weights.map((own, k) => own.map((w, t) => w + sum[k]![t]!)));
  }
  return sums.size === 0 ? {} : { terms: [...sums].map(([text, weights]) => ({ text, weights })) };
}

/**
 * The plain average of models of one learner. Forests become one forest again, of as many trees as each of them has, taken
 * in turn: what it says is the mean of what they say as nearly as a forest of that size can, at the cost of one.
 */
export function averageModels(models: readonly AdditiveModel[]): AdditiveModel {
  const forests = models.flatMap((model) => model.parts.filter(isForest));
  const areForests = forests.length === models.length && models.every((model) => model.parts.length === 1);
  const average = ensembleModels(
    areForests ? models.map((model) => ({ ...model, parts: [] })) : models,
    models.map(() => 1 / models.length),
  );
  return areForests ? { ...average, parts: [averageForests(forests)] } : average;
}

/** The model whose margins are `slope` times those of `model`, plus `shift[output]`. */
export function scaleModel(model: AdditiveModel, slope: number, shift?: readonly number[]): AdditiveModel {
  return {
    ...model,
    base: model.base.map((value, k) => slope * value + (shift?.[k] ?? 0)),
    trees: model.trees.map((tree) => scaleTree(tree, slope)),
    linear: model.linear.map((term) => scaleTerm(term, slope)),
    parts: model.parts.map((part) => ({ ...part, weight: slope * part.weight })),
    ...(model.terms && { terms: model.terms.map((terms) => scaleTerms(terms, slope)) }),
  };
}

function scaleTerms({ text, weights }: TermWeights, slope: number): TermWeights {
  return { text, weights: weights.map((own) => own.map((weight) => slope * weight)) };
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
