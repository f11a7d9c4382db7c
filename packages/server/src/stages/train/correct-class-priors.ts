import type { Fit, LearnerParams } from './learners/index.ts';

/**
 * The fit with the stated probabilities that it would have without weights of classes: weights shift the margins by
 * their logarithms, which is taken off again (prior correction, King and Zeng 2001). What was learned from the weights,
 * where to split, stays.
 */
export function correctClassPriors(fit: Fit, params: LearnerParams): Fit {
  const shift = shiftOf(params, fit.model.outputs);
  if (shift === undefined) return fit;
  const { model, validationMargins } = fit;
  return {
    ...fit,
    model: { ...model, base: model.base.map((value, k) => value - shift[k]!) },
    validationMargins: validationMargins.map((margin, i) => margin - shift[i % shift.length]!),
  };
}

function shiftOf({ scalePosWeight, classWeights }: LearnerParams, outputs: number): number[] | undefined {
  const weights = Array.isArray(classWeights) ? (classWeights as readonly number[]) : [];
  const positive = typeof scalePosWeight === 'number' ? scalePosWeight : 1;
  if (outputs > 1) return weights.length === outputs ? weights.map(Math.log) : undefined;
  const factor = positive * (weights.length === 2 ? weights[1]! / weights[0]! : 1);
  return factor === 1 || !(factor > 0) ? undefined : [Math.log(factor)];
}
