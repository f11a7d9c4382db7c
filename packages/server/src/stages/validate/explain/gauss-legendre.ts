/** Points in (0, 1) and their weights. */
export type Quadrature = { points: Float64Array; weights: Float64Array };

/**
 * The Gauss–Legendre rule on [0, 1]: exact for polynomials of degree `2 * count - 1` and less.
 * Roots of the Legendre polynomial by Newton's method (Press et al., Numerical Recipes, section 4.6).
 */
export function gaussLegendre(count: number): Quadrature {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const { root, slope } = legendreRoot(count, i);
    points[i] = (1 - root) / 2;
    weights[i] = 1 / ((1 - root * root) * slope * slope);
  }
  return { points, weights };
}

const ENOUGH = 1e-15;

function legendreRoot(count: number, index: number): { root: number; slope: number } {
  let root = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
  for (let step = 0; step < 100; step++) {
    const { value, slope } = legendre(count, root);
    const change = value / slope;
    root -= change;
    if (Math.abs(change) < ENOUGH) break;
  }
  return { root, slope: legendre(count, root).slope };
}

/** The Legendre polynomial of this degree at x, and its derivative. */
function legendre(degree: number, x: number): { value: number; slope: number } {
  let before = 0;
  let value = 1;
  for (let n = 1; n <= degree; n++)
    [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
  return { value, slope: (degree * (x * value - before)) / (x * x - 1) };
}
