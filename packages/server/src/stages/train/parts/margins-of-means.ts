import type { Link } from '../model.ts';

/** The smallest mean of a count that has a margin: the logarithm of less would run away. */
export const SMALLEST_MEAN = 1e-6;

/**
 * Turns means over rows or trees into margins, in place: `means[at … at + outputs - 1]` are a number, the share of the
 * positive class, or shares of all classes, and become what the link turns back into them.
 *
 * Shares are first mixed with equal ones, p' = floor + (1 - classes * floor) p, so that no class is ruled out.
 */
export function marginsOfMeans(
  link: Link,
  floor: number,
  means: Float64Array,
  at: number,
  outputs: number,
): void {
  INVERSE[link](floor, means, at, outputs);
}

const INVERSE: Record<Link, (floor: number, means: Float64Array, at: number, outputs: number) => void> = {
  identity: () => {},
  exp: (_, means, at, outputs) => {
    for (let k = at; k < at + outputs; k++) means[k] = Math.log(Math.max(SMALLEST_MEAN, means[k]!));
  },
  logistic: (floor, means, at) => {
    const kept = 1 - 2 * floor;
    means[at] = Math.log(floor + kept * means[at]!) - Math.log(floor + kept * (1 - means[at]!));
  },
  softmax: (floor, means, at, outputs) => {
    const kept = 1 - outputs * floor;
    for (let k = at; k < at + outputs; k++) means[k] = Math.log(floor + kept * means[k]!);
  },
};
