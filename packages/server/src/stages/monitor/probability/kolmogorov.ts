/** Beyond this the other, faster converging series is used. */
const SWITCH = 1.18;

/**
 * P(K > x) of Kolmogorov's limiting distribution: the p-value of sqrt(nm / (n + m)) · D.
 * For small x the Jacobi theta form, which converges where the alternating series does not
 * (Marsaglia, Tsang and Wang 2003).
 */
export function kolmogorovSurvival(x: number): number {
  if (x <= 0) return 1;
  return x < SWITCH ? 1 - thetaForm(x) : alternatingForm(x);
}

function alternatingForm(x: number): number {
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

function thetaForm(x: number): number {
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += Math.exp(-((2 * k - 1) ** 2 * Math.PI ** 2) / (8 * x * x));
  return (Math.sqrt(2 * Math.PI) / x) * sum;
}

/** The x with P(K > x) = `tail`, by bisection. */
export function kolmogorovQuantile(tail: number): number {
  let low = 0.01;
  let high = 10;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (kolmogorovSurvival(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
