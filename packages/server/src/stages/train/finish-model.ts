import type { MadeFeature, TextFeature } from '../prepare/index.ts';
import { ensembleModels, scaleModel } from './ensemble-models.ts';
import type { MakingInputs } from './making/making-inputs.ts';
import type { AdditiveModel } from './model.ts';
import { roundModel } from './round-model.ts';
import type { Calibration } from './search/decision/calibrate-margins.ts';
import { settleRecipes } from './search/features/settle-made.ts';
import type { SearchState } from './search/search-state.ts';
import { settleTerms } from './settle-terms.ts';
import { modelFromUnits } from './target-units.ts';

export type ModelParts = {
  /** The models of the members, and the weight of each. */
  models: readonly AdditiveModel[];
  weights: readonly number[];
  calibration: Calibration | null;
  making: MakingInputs | undefined;
  /** Of made features, by the numbers that the models have for them. */
  recipes: readonly MadeFeature[];
};

export type FinishedModel = {
  /** Its features are those of the data, behind them those of `made`, and then `texts`. */
  model: AdditiveModel;
  made: MadeFeature[];
  texts: TextFeature[];
};

/** One model out of those of the members: blended, calibrated, rounded, in the units of the target. */
export function finishModel(state: SearchState, parts: ModelParts): FinishedModel {
  const { calibration, making, recipes } = parts;
  const { data, units } = state;
  const blended = ensembleModels(parts.models, parts.weights);
  const calibrated = calibration ? scaleModel(blended, calibration.slope, calibration.shift) : blended;
  const settled = settleRecipes(roundModel(calibrated), state, making, recipes);
  const features = data.features.columns.length + settled.features.length;
  const { model, texts } = settleTerms(settled.model, data.texts?.terms ?? [], features);
  return { model: modelFromUnits(model, units), made: settled.features, texts };
}
