import type { AdditiveModel } from './model.ts';

/** The model with other numbers for its features: feature f becomes `to(f)`. */
export function renumberFeatures(model: AdditiveModel, to: (feature: number) => number): AdditiveModel {
  const move = (feature: number) => (feature < 0 ? feature : to(feature));
  return {
    ...model,
    trees: model.trees.map((tree) => ({ ...tree, feature: tree.feature.map(move) })),
    linear: model.linear.map((term) => ({ ...term, feature: move(term.feature) })),
    parts: model.parts.map((part) => ({ ...part, features: part.features.map(move) })),
  };
}

/** Features that a split, a term or a part reads, ascending. */
export function featuresRead(model: AdditiveModel): number[] {
  const read = new Set(model.trees.flatMap(({ feature }) => feature.filter((one) => one >= 0)));
  for (const { feature } of model.linear) read.add(feature);
  for (const { features } of model.parts) for (const feature of features) read.add(feature);
  return [...read].sort((a, b) => a - b);
}
