import type { Interval } from '../model.ts';

/** A measure of one group, its interval at a given number of standard errors. */
export type Estimate = {
  value: number;
  /** Rows that it is a mean over, such as the positives for a true positive rate. */
  rows: number;
  bounds(z: number): { low: number; high: number };
};

/** A share of rows, with Wilson's score interval. */
export function shareOf(hits: number, rows: number): Estimate {
  const value = hits / rows;
  return {
    value,
    rows,
    bounds(z) {
      const square = z ** 2 / rows;
      const centre = (value + square / 2) / (1 + square);
      const half = (z * Math.sqrt((value * (1 - value) + square / 4) / rows)) / (1 + square);
      return {
        low: hits === 0 ? 0 : Math.max(0, centre - half),
        high: hits === rows ? 1 : Math.min(1, centre + half),
      };
    },
  };
}

/** The mean of stated probabilities minus the share that came true. The probabilities are taken as given, the share has Wilson's interval. */
export function calibrationOf(stated: Float64Array, came: Float64Array): Estimate {
  const share = shareOf(sumOf(came), came.length);
  const mean = sumOf(stated) / stated.length;
  return {
    value: mean - share.value,
    rows: share.rows,
    bounds(z) {
      const { low, high } = share.bounds(z);
      return { low: mean - high, high: mean - low };
    },
  };
}

/** A mean, with Student's interval. */
export function meanOf(values: Float64Array): Estimate {
  const rows = values.length;
  const value = sumOf(values) / rows;
  const squares = sumOf(values.map((one) => (one - value) ** 2));
  const error = rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : Number.NaN;
  return {
    value,
    rows,
    bounds(z) {
      const half = studentQuantile(z, rows - 1) * error;
      return { low: value - half, high: value + half };
    },
  };
}

/** Student's quantile where the normal one is `z` (Cornish and Fisher's expansion; within 1 % from 4 degrees of freedom on at 95 %). */
function studentQuantile(z: number, freedom: number): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** `a - b`, its interval recovered from theirs (MOVER; for shares it is Newcombe's, 1998). */
export function differenceBetween(a: Estimate, b: Estimate, z: number): Interval {
  const [of, minus] = [a.bounds(z), b.bounds(z)];
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - of.low, minus.high - b.value),
    high: value + Math.hypot(of.high - a.value, b.value - minus.low),
  };
}

/** `a / b` of shares with `b` above 0, its interval recovered from theirs (Donner and Zou 2012). */
export function ratioBetween(a: Estimate, b: Estimate, z: number): Interval {
  const [over, under] = [a.bounds(z), b.bounds(z)];
  const product = a.value * b.value;
  const root = (of: number, by: number) =>
    Math.sqrt(Math.max(0, product ** 2 - of * by * (2 * a.value - of) * (2 * b.value - by)));
  const bound = (sign: number, of: number, by: number) => {
    const bottom = by * (2 * b.value - by);
    // In the limit the numerator is 0 too; then a linear equation is left.
    return Math.abs(bottom) < 1e-12
      ? (of * (2 * a.value - of)) / (2 * product || Number.NaN)
      : (product + sign * root(of, by)) / bottom;
  };
  const low = a.value === 0 ? 0 : bound(-1, over.low, under.high);
  return { value: a.value / b.value, low: Math.max(0, low), high: bound(1, over.high, under.low) };
}
