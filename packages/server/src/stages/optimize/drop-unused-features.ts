import type { Preparation } from '../prepare/index.ts';
import { type AdditiveModel, featuresRead, renumberFeatures } from '../train/index.ts';

/**
 * Leaves out of the preparation the features that the model never reads, so that no request has to compute them; the
 * model's feature numbers follow. The inputs stay as they are: callers go on sending the same columns.
 */
export function dropUnusedFeatures(
  preparation: Preparation,
  model: AdditiveModel,
): { preparation: Preparation; model: AdditiveModel } {
  const used = featuresRead(model);
  const renumbered = new Map(used.map((feature, index) => [feature, index]));
  return {
    preparation: { ...preparation, features: used.map((feature) => preparation.features[feature]!) },
    model: renumberFeatures(model, (feature) => renumbered.get(feature)!),
  };
}
