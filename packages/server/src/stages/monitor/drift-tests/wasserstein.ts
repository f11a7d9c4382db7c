import { upperGamma } from '../probability/index.ts';
import type { Contrast, DriftTest } from './drift-test.ts';
import { cumulativeGaps } from './kolmogorov-smirnov.ts';

/**
 * First Wasserstein distance over the reference's standard deviation: how far values moved on average, in standard
 * deviations. From bins it is Σ |F_w - F_r| · width, values outside the edges counted at the edge.
 *
 * When nothing changed the gaps are a Brownian bridge at the edges, so mean and variance of the sum are known
 * exactly; its tail is taken from the gamma distribution with those two moments, which is a little heavier than the
 * true (Gaussian) tail and so errs on the side of no alarm.
 */
export const wasserstein: DriftTest = {
  id: 'wasserstein',
  measure: 'Wasserstein distance',
  kinds: ['number'],
  of: 'values',
  threshold: 0.1,
  about: 'Values moved up or down on average, in standard deviations of the training data.',
  find(contrast, alpha) {
    const { reference, window, widths } = contrast;
    const unit = unitOf(contrast);
    if (reference.present === 0 || window.present === 0 || unit <= 0) return null;
    const gaps = cumulativeGaps(reference, window).slice(0, widths.length + 1);
    // `gaps[0]` is at the lowest edge; the gap over bin i is taken as the mean of those at its two edges.
    const effect =
      widths.reduce((sum, width, bin) => sum + trapezoid(gaps[bin]!, gaps[bin + 1]!) * width, 0) / unit;
    const law = nullLaw(contrast);
    if (law === null) return null;
    return { effect, chance: gammaQuantile(alpha, law), pValue: gammaSurvival(effect, law) };
  },
};

/** Mean of |gap| along a bin over which the gap goes linearly from `a` to `b`. */
function trapezoid(a: number, b: number): number {
  if (a * b >= 0) return (Math.abs(a) + Math.abs(b)) / 2;
  return (a * a + b * b) / (2 * (Math.abs(a) + Math.abs(b)));
}

/** What distances are measured in. */
function unitOf({ moments }: Contrast): number {
  return moments?.reference.standardDeviation ?? 0;
}

type Law = { mean: number; variance: number };

/** Mean and variance of Σ |bridge| · width, with Cov(|X|, |Y|) of a bivariate normal. */
function nullLaw(contrast: Contrast): Law | null {
  const { reference, window, widths } = contrast;
  const scale = 1 / reference.present + 1 / window.present;
  const total = reference.present + window.present;
  let cumulative = 0;
  const levels = reference.cells.slice(0, widths.length + 1).map((count, cell) => {
    cumulative += (count + window.cells[cell]!) / total;
    return Math.min(1, cumulative);
  });
  const weights = edgeWeights(widths).map((width) => width / unitOf(contrast));
  let [mean, variance] = [0, 0];
  for (let i = 0; i < levels.length; i++) {
    const vi = levels[i]! * (1 - levels[i]!) * scale;
    mean += weights[i]! * Math.sqrt((2 * vi) / Math.PI);
    for (let j = 0; j < levels.length; j++) {
      const vj = levels[j]! * (1 - levels[j]!) * scale;
      const covariance = Math.min(levels[i]!, levels[j]!) * (1 - Math.max(levels[i]!, levels[j]!)) * scale;
      variance += weights[i]! * weights[j]! * foldedCovariance(vi, vj, covariance);
    }
  }
  return mean > 0 && variance > 0 ? { mean, variance } : null;
}

/** Half of the bin on either side belongs to an edge. */
function edgeWeights(widths: readonly number[]): number[] {
  return Array.from({ length: widths.length + 1 }, (_, i) => ((widths[i - 1] ?? 0) + (widths[i] ?? 0)) / 2);
}

function foldedCovariance(vi: number, vj: number, covariance: number): number {
  const product = Math.sqrt(vi * vj);
  if (product <= 0) return 0;
  const rho = Math.min(1, Math.max(-1, covariance / product));
  return (2 / Math.PI) * product * (Math.sqrt(1 - rho * rho) + rho * Math.asin(rho) - 1);
}

function gammaSurvival(x: number, { mean, variance }: Law): number {
  return upperGamma((mean * mean) / variance, (x * mean) / variance);
}

function gammaQuantile(tail: number, law: Law): number {
  let [low, high] = [0, law.mean];
  while (gammaSurvival(high, law) > tail) [low, high] = [high, high * 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (gammaSurvival(middle, law) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
