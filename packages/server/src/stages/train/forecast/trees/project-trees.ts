import { predictAdditive } from '../../predict.ts';
import type { ForecastTrees } from '../model.ts';
import { explainedAt, residualSeries } from './effects.ts';
import { mostHistory } from './tree-plan.ts';
import { type TreeSeries, treeRows } from './tree-rows.ts';

/**
 * The next `steps` values of each series after its value at `ats[series]`, row-major by series; at most the horizon of
 * the plan, beyond which the trees have never looked.
 */
export function projectTrees(
  { model, plan, effects }: ForecastTrees,
  series: readonly TreeSeries[],
  ats: readonly number[],
  steps: number,
): Float64Array[] {
  if (effects !== undefined) return projectResiduals({ model, plan }, effects, series, ats, steps);
  const rows = ats.flatMap((at, which) =>
    Array.from({ length: steps }, (_, k) => ({ series: which, at, step: k + 1 })),
  );
  const made = treeRows(plan, series, rows);
  const { values } = predictAdditive(model, made.features);
  return ats.map((_, which) =>
    Float64Array.from({ length: steps }, (_, k) => {
      const i = which * steps + k;
      return made.base[i]! + made.scale[i]! * values[i]!;
    }),
  );
}

/** What the calendar and known columns explain of the steps ahead, and what is forecast of the residuals. */
function projectResiduals(
  trees: ForecastTrees,
  effects: NonNullable<ForecastTrees['effects']>,
  series: readonly TreeSeries[],
  ats: readonly number[],
  steps: number,
): Float64Array[] {
  const most = mostHistory(trees.plan);
  const residuals = series.map((one, which) => {
    const at = ats[which]!;
    return residualSeries(effects, trees.plan, one, [Math.max(0, at - most + 1), at]);
  });
  const last = residuals.map(({ history }) => history.values.length - 1);
  return projectTrees(trees, residuals, last, steps).map((values, which) => {
    const one = series[which]!;
    const explained = explainedAt(effects, trees.plan, one, [ats[which]! + 1, ats[which]! + steps]);
    return values.map((value, k) => one.mean + one.deviation * (explained[k]! + value));
  });
}
