import { upperGamma } from './gamma.ts';
import { normalQuantile } from './normal.ts';

/** P(X > x) for a chi-square variable with `freedom` degrees of freedom. */
export function chiSquareSurvival(x: number, freedom: number): number {
  return upperGamma(freedom / 2, x / 2);
}

/**
 * The x with P(X ≤ x) = `probability`, 0 < probability < 1. Starts from Wilson and Hilferty (1931) and closes in by
 * bisection on the survival function, to about 12 digits.
 */
export function chiSquareQuantile(probability: number, freedom: number): number {
  const tail = 1 - probability;
  let low = 0;
  let high = Math.max(wilsonHilferty(probability, freedom), 1e-8);
  while (chiSquareSurvival(high, freedom) > tail) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (chiSquareSurvival(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function wilsonHilferty(probability: number, freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + normalQuantile(probability) * Math.sqrt(spread)) ** 3;
}
