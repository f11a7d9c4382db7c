/** An estimate from so many rows that its variance has `freedom` degrees of freedom. */
export type Estimate = { value: number; variance: number; freedom: number };

/**
 * Probability of a difference at least as large as `larger - smaller` by chance, if both estimated the same, one-sided: the larger
 * of two. Welch's test with Satterthwaite's degrees of freedom (B. L. Welch, The generalization of "Student's" problem, 1947)
 * holds where the variances differ, and is fooled where the smaller mean is that of few rows without a large loss among them;
 * Student's with the pooled variance is the other way round. 1 where `larger` is not the larger one.
 */
export function meanTail(larger: Estimate, smaller: Estimate): number {
  const difference = larger.value - smaller.value;
  if (!(difference > 0)) return 1;
  return Math.max(welch(difference, larger, smaller), pooled(difference, larger, smaller));
}

function welch(difference: number, one: Estimate, other: Estimate): number {
  const variance = one.variance + other.variance;
  if (variance === 0) return 0;
  const parts = one.variance ** 2 / one.freedom + other.variance ** 2 / other.freedom;
  return studentTail(difference / Math.sqrt(variance), variance ** 2 / parts);
}

function pooled(difference: number, one: Estimate, other: Estimate): number {
  const freedom = one.freedom + other.freedom;
  const squares = (of: Estimate) => of.variance * (of.freedom + 1) * of.freedom;
  const variance =
    ((squares(one) + squares(other)) / freedom) * (1 / (one.freedom + 1) + 1 / (other.freedom + 1));
  return variance === 0 ? 0 : studentTail(difference / Math.sqrt(variance), freedom);
}

/** P(T > t), t > 0, by Hill's transformation to a normal variable (G. W. Hill, Algorithm 395: Student's t-distribution, 1970). */
function studentTail(t: number, freedom: number): number {
  const a = freedom - 0.5;
  const b = 48 * a * a;
  const y = a * Math.log1p((t * t) / freedom);
  const correction = (((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b) + y + 3;
  return normalTail((correction / b + 1) * Math.sqrt(y));
}

/** P(Z > z), z > 0, to a relative error of 1.2e-7 (Press et al., Numerical Recipes, erfcc). */
function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const series = ERFC.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return (t * Math.exp(-x * x + series)) / 2;
}

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];
