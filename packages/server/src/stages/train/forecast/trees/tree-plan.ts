import type { Covariate, Frequency, TreePlan } from '../model.ts';

/** Values one after another before the origin. */
export const RECENT = 6;
/** Cycles that seasonal features look back. */
export const CYCLES = 3;

const SHORT_WINDOW = 4;

export function planTrees(
  frequency: Frequency,
  seasons: readonly number[],
  horizon: number,
  covariates: readonly Covariate[],
): TreePlan {
  const window = seasons.length === 0 ? SHORT_WINDOW : Math.max(SHORT_WINDOW, seasons[0]!);
  return { horizon, seasons: [...seasons], window, frequency, covariates: [...covariates], form: 2 };
}

/** Values that must be known before the origin for features to say anything. */
export function leastHistory({ window }: TreePlan): number {
  return Math.max(RECENT + 1, window + 1);
}

/** Values before the origin that features can see. */
export function mostHistory({ window, seasons, horizon }: TreePlan): number {
  const longest = Math.max(1, ...seasons);
  return Math.max(4 * window, CYCLES * longest + longest, RECENT) + Math.min(horizon, longest) + 2;
}
