import { scaledError } from '../errors.ts';
import type { MemberId } from '../model.ts';
import { type BacktestCase, type Weights, weighMembers } from './weigh-members.ts';

/** The weighted mean of what the members said. */
export function blended(
  { said, truth }: Pick<BacktestCase, 'said' | 'truth'>,
  weights: Weights,
): Float64Array {
  const sum = new Float64Array(truth.length);
  let total = 0;
  for (const [member, weight] of Object.entries(weights) as [MemberId, number][]) {
    const values = said[member];
    if (values === undefined) continue;
    values.forEach((value, k) => {
      sum[k]! += weight * value;
    });
    total += weight;
  }
  return sum.map((value) => value / total);
}

/**
 * What the weighted mean said of each case, its weights chosen on the other windows: errors on the windows that weights
 * were chosen on flatter them. With a single window there are no others.
 */
export function blendedErrors(cases: readonly BacktestCase[], series: number): Float64Array[] {
  const windows = [...new Set(cases.map(({ window }) => window))];
  const said = new Map<BacktestCase, Float64Array>();
  for (const window of windows) {
    const others = cases.filter((one) => one.window !== window);
    const weights = weighMembers(others.length === 0 ? cases : others, series);
    for (const one of cases) {
      if (one.window !== window) continue;
      const values = blended(one, weights[one.series]!);
      said.set(one, values.every(Number.isFinite) ? values : fallback(one));
    }
  }
  return cases.map((one) => said.get(one)!);
}

/** A series that is in one window only has no weights of others. */
function fallback({ said, truth }: BacktestCase): Float64Array {
  return said['seasonal-naive'] ?? said.naive ?? truth.map(() => Number.NaN);
}

/** The scaled error of what was said of each case; NaN where there is none. */
export function scaledErrors(cases: readonly BacktestCase[], said: readonly Float64Array[]): number[] {
  return cases.map((one, i) => scaledError(one, said[i]!));
}
