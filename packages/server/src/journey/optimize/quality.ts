import { type AdditiveModel, applyLink } from '../train/index.ts';
import { compileFlat } from './flat/compile-flat.ts';
import { predictFlatRows } from './flat/score-flat.ts';
import type { QualityLimit, ValidationRows } from './model.ts';

/** The metric of a model on validation rows. */
export function qualityOf(model: AdditiveModel, validation: ValidationRows, limit: QualityLimit): number {
  const predictions = predictFlatRows(compileFlat(model), validation.features);
  return limit.metric.compute(validation.target, predictions, { threshold: limit.threshold });
}

/** As {@link qualityOf} from raw scores. */
export function qualityOfScores(
  model: AdditiveModel,
  scores: Float64Array,
  validation: ValidationRows,
  limit: QualityLimit,
): number {
  return limit.metric.compute(validation.target, applyLink(model, scores), { threshold: limit.threshold });
}

/** Whether `candidate` is no worse than `whole` by more than the allowed share of it. A metric without value is not. */
export function isWithin(limit: QualityLimit, whole: number, candidate: number): boolean {
  const allowance = Math.abs(whole) * limit.maxLoss;
  const loss = limit.metric.direction === 'lower' ? candidate - whole : whole - candidate;
  return loss <= allowance;
}
