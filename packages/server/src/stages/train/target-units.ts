import { powerOfTwo, type TargetVector } from '../prepare/index.ts';
import { scaleModel } from './ensemble-models.ts';
import type { AdditiveModel, Predictions } from './model.ts';

/**
 * Units in which the numbers of a target are learnt: `(y - center) * scale`, where `scale` is a power of two. Models keep
 * their weights in float32, which has no digits left for seconds beside a size of 1.7e9; in these units it has.
 */
export type TargetUnits = { center: number; scale: number };

/** A mean of so many standard deviations is taken off before a model is fitted. */
const FAR = 1024;

/** Standard deviations that are learnt as they are: losses, penalties and steps are meant for targets of about size one. */
const USUAL = { least: 2 ** -10, most: 2 ** 20 };

/** Units for the numbers of a target that differ from the ones it has; null when those will do. */
export function fitTargetUnits(
  target: TargetVector,
  options: { keepScale?: boolean } = {},
): TargetUnits | null {
  const { mean, deviation } = momentsOf(target);
  if (!(deviation > 0) || !Number.isFinite(deviation)) return null;
  const isUsual = options.keepScale === true || (deviation >= USUAL.least && deviation <= USUAL.most);
  const isFar = Math.abs(mean) > FAR * deviation;
  if (isUsual && !isFar) return null;
  return { center: mean, scale: isUsual ? 1 : powerOfTwo(1 / deviation) };
}

/** The target in the units, in shared memory as it came. */
export function inUnits(target: TargetVector, { center, scale }: TargetUnits): TargetVector {
  const into = new Float64Array(new SharedArrayBuffer(target.byteLength));
  for (let row = 0; row < target.length; row++) into[row] = (target[row]! - center) * scale;
  return into;
}

/** Numbers in the target's own units, of numbers in the ones that it was learnt in. */
export function fromUnits(values: Float64Array, units: TargetUnits | null): Float64Array {
  return units === null ? values : values.map((value) => value / units.scale + units.center);
}

/** The predictions in the target's own units. */
export function predictionsFromUnits(predictions: Predictions, units: TargetUnits | null): Predictions {
  return units === null ? predictions : { ...predictions, values: fromUnits(predictions.values, units) };
}

/**
 * The model, learnt in the units, as one that predicts the target itself. Weights are multiplied by a power of two, so they
 * stay float32 numbers; the base alone has the digits of a double.
 */
export function modelFromUnits(model: AdditiveModel, units: TargetUnits | null): AdditiveModel {
  return units === null ? model : scaleModel(model, 1 / units.scale, [units.center]);
}

/** Deviations from the first value are summed, which are exact where the values are close together. */
function momentsOf(target: TargetVector): { mean: number; deviation: number } {
  const first = target[0] ?? 0;
  let sum = 0;
  for (const y of target) sum += y - first;
  const mean = first + sum / target.length;
  let squares = 0;
  for (const y of target) squares += (y - mean) ** 2;
  // Squares of tiny and of huge numbers leave the range of doubles.
  if (squares > 0 && Number.isFinite(squares)) return { mean, deviation: Math.sqrt(squares / target.length) };
  let largest = 0;
  for (const y of target) largest = Math.max(largest, Math.abs(y - mean));
  return { mean, deviation: largest };
}
