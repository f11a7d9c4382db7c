import type { TreePlan } from '../model.ts';
import { CYCLES, mostHistory, RECENT } from './tree-plan.ts';

/**
 * A series with sums up to each place, so that mean and deviation of any stretch cost the same; `squares` are those of the
 * differences from the first value.
 */
export type Summed = { values: Float64Array; sums: Float64Array; squares: Float64Array; deviation: number };

export function summed(values: Float64Array): Summed {
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  const middle = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  let variance = 0;
  for (let i = 0; i < values.length; i++) {
    sums[i + 1] = sums[i]! + values[i]!;
    squares[i + 1] = squares[i]! + (values[i]! - values[0]!) ** 2;
    variance += (values[i]! - middle) ** 2;
  }
  return { values, sums, squares, deviation: Math.sqrt(variance / Math.max(1, values.length)) };
}

/** Mean and standard deviation of all values. */
export function standardOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return { mean, deviation: Math.sqrt(square) };
}

/** What is known at the last value before the forecast; all features are relative to `level` in units of `scale`. */
export type Origin = {
  /** Index of the last value known. */
  at: number;
  level: number;
  scale: number;
  /** The same for every step ahead. */
  features: number[];
};

/** The least scale, as a share of how much the whole series varies. */
const LEAST_SCALE = 0.05;

/** A series, and the mean and deviation of all its values. */
export type Standard = { history: Summed; mean: number; deviation: number };

export function originAt({ history: series, mean, deviation }: Standard, at: number, plan: TreePlan): Origin {
  const { window } = plan;
  const isAbsolute = plan.base === 'mean';
  const nearby = meanOf(series, at - window + 1, at);
  const level = isAbsolute ? mean : nearby;
  const around = deviationAround(series, at - 2 * window + 1, at);
  const usual = usualDeviation(series, at, plan);
  const scale =
    (isAbsolute ? deviation : Math.max(around, LEAST_SCALE * usual, Number.MIN_VALUE * 1e10)) || 1;
  const relative = (value: number) => (value - level) / scale;
  const recent = Array.from({ length: RECENT }, (_, j) => relative(series.values[at - j] ?? Number.NaN));
  const half = Math.max(1, Math.floor(window / 2));
  return {
    at,
    level,
    scale,
    features: [
      ...(isAbsolute ? [relative(nearby)] : []),
      ...recent,
      relative(meanOf(series, at - half + 1, at)),
      relative(meanOf(series, at - 2 * window + 1, at - window)),
      relative(meanOf(series, at - 4 * window + 1, at - window)),
      Math.log(scale / (usual || 1)),
      at - window < 0 ? 0 : deviationAround(series, at - half + 1, at) / scale,
    ],
  };
}

/** How much the series varies: of as many values as a model keeps, so that it is the same at training and when answering. */
function usualDeviation(series: Summed, at: number, plan: TreePlan): number {
  if (plan.form !== 2) return series.deviation;
  const begin = Math.max(0, at + 1 - mostHistory(plan));
  const count = at + 1 - begin;
  const mean = meanOf(series, begin, at) - series.values[0]!;
  const square = (series.squares[at + 1]! - series.squares[begin]!) / count;
  return Math.sqrt(Math.max(0, square - mean * mean));
}

/** Seasonal features of one step ahead, and the plain forecast that the trees correct. */
export function seasonalAt(
  series: Summed,
  { at, level, scale }: Origin,
  step: number,
  { seasons, base: corrected }: TreePlan,
): { features: number[]; base: number } {
  let base = Number.NaN;
  const features = seasons.flatMap((season) => {
    const aligned = alignedOffsets(series, at, step, season);
    const values = aligned.map(({ value }) => (value - level) / scale);
    const offsets = aligned.filter(({ offset }) => !Number.isNaN(offset)).map(({ offset }) => offset);
    const mean =
      offsets.length === 0 ? Number.NaN : offsets.reduce((sum, one) => sum + one, 0) / offsets.length;
    if (!Number.isNaN(mean)) base = level + mean;
    return [...values, mean / scale];
  });
  // The longest season of which there is a whole cycle speaks, since it holds the shorter ones.
  const seasonal = Number.isNaN(base) ? level : base;
  return {
    features: [(seasonal - level) / scale, ...features],
    base: corrected === 'level' || corrected === 'mean' ? level : seasonal,
  };
}

/** The step of the same phase one, two, … cycles before the one `step` ahead of `at`. */
export function alignedSteps(at: number, step: number, season: number): number[] {
  const back = Math.ceil(step / season) * season;
  return Array.from({ length: CYCLES }, (_, cycle) => at + step - back - cycle * season);
}

/** The values of the same phase one, two, … cycles back, and how far each was from the mean of its own cycle. */
function alignedOffsets(series: Summed, at: number, step: number, season: number) {
  const back = Math.ceil(step / season) * season;
  return Array.from({ length: CYCLES }, (_, cycle) => {
    const place = at + step - back - cycle * season;
    const end = at - cycle * season;
    const value = series.values[place] ?? Number.NaN;
    const offset = end - season + 1 < 0 ? Number.NaN : value - meanOf(series, end - season + 1, end);
    return { value, offset };
  });
}

/** Mean of the values from one place to another, both included, as far as they exist. */
function meanOf({ sums }: Summed, from: number, to: number): number {
  const begin = Math.max(0, from);
  if (to < begin) return Number.NaN;
  return (sums[to + 1]! - sums[begin]!) / (to - begin + 1);
}

function deviationAround({ values }: Summed, from: number, to: number): number {
  const begin = Math.max(0, from);
  let [sum, squares] = [0, 0];
  for (let i = begin; i <= to; i++) sum += values[i]!;
  const middle = sum / (to - begin + 1);
  for (let i = begin; i <= to; i++) squares += (values[i]! - middle) ** 2;
  return Math.sqrt(squares / (to - begin + 1));
}
