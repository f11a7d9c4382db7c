import type { Random } from '../../../../kernel/index.ts';
import type { TreePlan } from '../model.ts';
import { leastHistory } from './tree-plan.ts';
import type { TreeRow } from './tree-rows.ts';

/** Steps ahead drawn from each origin; more rows of one origin say little that is new. */
const STEPS_AN_ORIGIN = 6;
/** With so many rows of different origins further steps of each say nothing new. */
const ENOUGH_ROWS = 40_000;

/**
 * Forecasts that could have been made in the past, at most `most` of them: origins at random over all series, later
 * ones as likely as earlier ones, and a few steps ahead of each. The value forecast lies before `ends[series]`.
 */
export function sampleRows(plan: TreePlan, ends: readonly number[], most: number, random: Random): TreeRow[] {
  const first = leastHistory(plan) - 1;
  const origins = ends.map((end) => Math.max(0, end - 1 - first));
  const total = origins.reduce((sum, count) => sum + count, 0);
  const many = Math.max(1, Math.round(ENOUGH_ROWS / Math.max(1, total)));
  const steps = Math.min(plan.horizon, STEPS_AN_ORIGIN, many);
  const share = Math.min(1, most / Math.max(1, total * steps));
  const rows: TreeRow[] = [];
  origins.forEach((count, series) => {
    for (let i = 0; i < count; i++) {
      if (share < 1 && random() >= share) continue;
      const at = first + i;
      const reach = Math.min(plan.horizon, ends[series]! - 1 - at);
      for (const step of drawSteps(reach, Math.min(steps, reach), random)) rows.push({ series, at, step });
    }
  });
  return rows;
}

/** `count` different steps up to `reach`: one from each of as many stretches of equal length. */
function drawSteps(reach: number, count: number, random: Random): number[] {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [Math.floor((i * reach) / count), Math.floor(((i + 1) * reach) / count)];
    return from + 1 + Math.floor(random() * (to - from));
  });
}
