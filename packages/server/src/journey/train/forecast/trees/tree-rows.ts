import type { FeatureMatrix } from '../../../prepare/index.ts';
import { wallAt } from '../frequency/steps.ts';
import type { TreePlan } from '../model.ts';
import { calendarParts } from './calendar-features.ts';
import { type Origin, originAt, type Summed, seasonalAt } from './origin.ts';

/** One series as the trees see it. */
export type TreeSeries = {
  history: Summed;
  /** The step of the first value of `history`. */
  start: number;
  fixed: readonly number[];
  /** Known covariates, at a step. */
  knownAt: (covariate: number, step: number) => number;
};

/** One forecast to make: which series, from which value on (index into its history), how many steps ahead. */
export type TreeRow = { series: number; at: number; step: number };

/** Features of some rows, and what turns a prediction into a value: `base + prediction * scale`. */
export type TreeRows = { features: FeatureMatrix; base: Float64Array; scale: Float64Array };

/** Makes the features of rows. Rows of one series and origin should follow each other, since they share most of it. */
export function treeRows(plan: TreePlan, series: readonly TreeSeries[], rows: readonly TreeRow[]): TreeRows {
  const parts = calendarParts(plan.frequency);
  const fixed = plan.covariates.filter(({ use }) => use === 'static');
  const known = plan.covariates.filter(({ use }) => use === 'known');
  const base = new Float64Array(rows.length);
  const scale = new Float64Array(rows.length);
  const columns: Float32Array[] = [];
  let [last, origin]: [TreeRow | undefined, Origin | undefined] = [undefined, undefined];
  rows.forEach((row, i) => {
    const one = series[row.series]!;
    if (last?.series !== row.series || last.at !== row.at) origin = originAt(one.history, row.at, plan);
    last = row;
    const seasonal = seasonalAt(one.history, origin!, row.step, plan);
    const target = one.start + row.at + row.step;
    const date = parts.length === 0 ? new Date(0) : new Date(wallAt(plan.frequency, target));
    base[i] = seasonal.base;
    scale[i] = origin!.scale;
    let f = 0;
    const put = (value: number) => {
      columns[f] ??= new Float32Array(rows.length);
      columns[f++]![i] = value;
    };
    put(row.step);
    origin!.features.forEach(put);
    put((seasonal.base - origin!.level) / origin!.scale);
    seasonal.features.forEach(put);
    for (const part of parts) put(part.of(date));
    for (const which of fixed.keys()) put(one.fixed[which]!);
    for (const which of known.keys()) put(one.knownAt(which, target));
  });
  const levels = new Int32Array(columns.length);
  [...fixed, ...known].forEach(({ type, levels: names }, which) => {
    if (type === 'category') levels[columns.length - plan.covariates.length + which] = names.length + 1;
  });
  return { features: { rows: rows.length, columns, levels }, base, scale };
}
