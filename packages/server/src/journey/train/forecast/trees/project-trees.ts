import type { AdditiveModel } from '../../model.ts';
import { predictAdditive } from '../../predict.ts';
import type { TreePlan } from '../model.ts';
import { type TreeSeries, treeRows } from './tree-rows.ts';

/**
 * The next `steps` values of each series after its value at `ats[series]`, row-major by series; at most the horizon of
 * the plan, beyond which the trees have never looked.
 */
export function projectTrees(
  model: AdditiveModel,
  plan: TreePlan,
  series: readonly TreeSeries[],
  ats: readonly number[],
  steps: number,
): Float64Array[] {
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
