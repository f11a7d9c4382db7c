import type { AdditiveModel } from './model.ts';
import { roundPart } from './parts/round-part.ts';

/**
 * The model with every leaf and weight rounded to float32, in which exported graphs hold them, so that what was
 * validated is what is served.
 */
export function roundModel(model: AdditiveModel): AdditiveModel {
  const round = (values: number[]) => values.map(Math.fround);
  return {
    ...model,
    base: round(model.base),
    trees: model.trees.map((tree) => ({ ...tree, value: round(tree.value) })),
    linear: model.linear.map((term) =>
      term.kind === 'number'
        ? {
            ...term,
            center: Math.fround(term.center),
            scale: Math.fround(term.scale),
            weights: round(term.weights),
            missingWeights: round(term.missingWeights),
          }
        : { ...term, weights: term.weights.map(round), missingWeights: round(term.missingWeights) },
    ),
    parts: model.parts.map(roundPart),
  };
}
