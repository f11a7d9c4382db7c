export type Minimum = { at: number[]; value: number };

/** Iterations without gain in the spread of values after which the search ends. */
const CLOSE_ENOUGH = 1e-6;

/**
 * The least value of `loss` near `start` by the downhill simplex of Nelder and Mead (1965), without derivatives.
 * Outside its domain `loss` gives Infinity. `steps` are the sizes of the first simplex.
 */
export function nelderMead(
  loss: (at: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  iterations: number,
): Minimum {
  const measured = (at: number[]): Minimum => ({ at, value: loss(at) });
  const corners = start.map((_, i) => start.map((x, j) => (i === j ? x + steps[i]! : x)));
  const simplex = [[...start], ...corners].map(measured);
  for (let round = 0; round < iterations; round++) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex.at(-1)!];
    if (worst.value - best.value <= CLOSE_ENOUGH * (Math.abs(best.value) + CLOSE_ENOUGH)) break;
    const centre = start.map(
      (_, i) => simplex.slice(0, -1).reduce((sum, { at }) => sum + at[i]!, 0) / start.length,
    );
    const along = (share: number) => measured(centre.map((c, i) => c + share * (worst.at[i]! - c)));
    const reflected = along(-1);
    const replacement = replace(simplex, reflected, along);
    if (replacement !== undefined) simplex[simplex.length - 1] = replacement;
    else shrink(simplex, measured);
  }
  return simplex.reduce((best, one) => (one.value < best.value ? one : best));
}

function replace(
  simplex: readonly Minimum[],
  reflected: Minimum,
  along: (share: number) => Minimum,
): Minimum | undefined {
  const [best, second, worst] = [simplex[0]!, simplex.at(-2)!, simplex.at(-1)!];
  if (reflected.value < best.value) {
    const expanded = along(-2);
    return expanded.value < reflected.value ? expanded : reflected;
  }
  if (reflected.value < second.value) return reflected;
  const contracted = reflected.value < worst.value ? along(-0.5) : along(0.5);
  return contracted.value < Math.min(reflected.value, worst.value) ? contracted : undefined;
}

function shrink(simplex: Minimum[], measured: (at: number[]) => Minimum): void {
  const best = simplex[0]!;
  for (let i = 1; i < simplex.length; i++) {
    simplex[i] = measured(simplex[i]!.at.map((x, j) => best.at[j]! + 0.5 * (x - best.at[j]!)));
  }
}
