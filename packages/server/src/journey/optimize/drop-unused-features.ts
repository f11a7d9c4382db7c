import type { Preparation } from '../prepare/index.ts';
import type { AdditiveModel } from '../train/index.ts';

/**
 * Leaves out of the preparation the features that the model never reads, so that no request has to compute them; the
 * model's feature numbers follow. The inputs stay as they are: callers go on sending the same columns.
 */
export function dropUnusedFeatures(
  preparation: Preparation,
  model: AdditiveModel,
): { preparation: Preparation; model: AdditiveModel } {
  const used = usedFeatures(model);
  const renumbered = new Map(used.map((feature, index) => [feature, index]));
  const move = (feature: number) => (feature < 0 ? feature : renumbered.get(feature)!);
  return {
    preparation: { ...preparation, features: used.map((feature) => preparation.features[feature]!) },
    model: {
      ...model,
      trees: model.trees.map((tree) => ({ ...tree, feature: tree.feature.map(move) })),
      linear: model.linear.map((term) => ({ ...term, feature: move(term.feature) })),
      parts: model.parts.map((part) => ({ ...part, features: part.features.map(move) })),
    },
  };
}

/** Features that a split, a term or a part reads, ascending. */
function usedFeatures(model: AdditiveModel): number[] {
  const used = new Set(model.trees.flatMap(({ feature }) => feature.filter((one) => one >= 0)));
  for (const { feature } of model.linear) used.add(feature);
  for (const { features } of model.parts) for (const feature of features) used.add(feature);
  return [...used].sort((a, b) => a - b);
}
