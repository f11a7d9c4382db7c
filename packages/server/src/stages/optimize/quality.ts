import { type AdditiveModel, applyLink } from '../train/index.ts';
import { compileFlat } from './flat/compile-flat.ts';
import { predictFlatRows } from './flat/score-flat.ts';
import type { QualityLimit, ValidationRows } from './model.ts';

/** The metric and its options. */
export type Judge = Omit<QualityLimit, 'worst'>;

/** Whether the time for a pass is over; it is asked between steps. */
export type IsSpent = () => boolean;
export const neverSpent: IsSpent = () => false;

/** The metric of a model on validation rows. */
export function qualityOf(model: AdditiveModel, validation: ValidationRows, judge: Judge): number {
  const predictions = predictFlatRows(compileFlat(model), validation.features);
  return judge.metric.compute(validation.target, predictions, judge);
}

/** As {@link qualityOf} from raw scores. */
export function qualityOfScores(
  model: AdditiveModel,
  scores: Float64Array,
  validation: ValidationRows,
  judge: Judge,
): number {
  return judge.metric.compute(validation.target, applyLink(model, scores), judge);
}

/** The limit that allows a loss of the share `maxLoss` of `whole`, the metric of the trained model. */
export function limitFrom(judge: Judge, whole: number, maxLoss: number): QualityLimit {
  const allowance = Math.abs(whole) * maxLoss;
  return { ...judge, worst: judge.metric.direction === 'lower' ? whole + allowance : whole - allowance };
}

/** Whether a value of the metric is accepted. One that is not a number never is. */
export function isWithin({ metric, worst }: QualityLimit, value: number): boolean {
  return metric.direction === 'lower' ? value <= worst : value >= worst;
}
