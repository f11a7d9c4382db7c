import type { FeatureMatrix } from '../../../prepare/index.ts';
import { wallAt } from '../frequency/steps.ts';
import type { Covariate, TreePlan } from '../model.ts';
import { calendarParts } from './calendar-features.ts';
import { alignedSteps, type Origin, originAt, type Summed, seasonalAt } from './origin.ts';

/** One series as the trees see it. */
export type TreeSeries = {
  history: Summed;
  /** Mean and standard deviation of all values that are learned from. */
  mean: number;
  deviation: number;
  /** The step of the first value of `history`. */
  start: number;
  fixed: readonly number[];
  /** Known covariates, at a step. */
  knownAt: (covariate: number, step: number) => number;
};

export type TreeRequest = {
  /** Of the features; what the trees correct is told with each fit. */
  plan: TreePlan;
  series: readonly TreeSeries[];
  /** Of each series how many of its values may be looked at. */
  ends: readonly number[];
  /** Mean absolute seasonal difference of each series, in which errors will be told. */
  scales: readonly number[];
  mostRows: number;
  seed: number;
};

/** One forecast to make: which series, from which value on (index into its history), how many steps ahead. */
export type TreeRow = { series: number; at: number; step: number };

/** Features of some rows, and what turns a prediction into a value: `base + prediction * scale`. */
export type TreeRows = {
  features: FeatureMatrix;
  /** What the trees of the plan correct. */
  base: Float64Array;
  level: Float64Array;
  scale: Float64Array;
  /** The names of the known covariates that features are made of, by feature; undefined for the others. */
  knownOf: (string | undefined)[];
};

/** Makes the features of rows. Rows of one series and origin should follow each other, since they share most of it. */
export function treeRows(plan: TreePlan, series: readonly TreeSeries[], rows: readonly TreeRow[]): TreeRows {
  const parts = calendarParts(plan);
  const fixed = plan.covariates.filter(({ use }) => use === 'static');
  const known = plan.covariates.filter(({ use }) => use === 'known');
  const phases = hasPhases(plan) ? plan.seasons : [];
  const base = new Float64Array(rows.length);
  const level = new Float64Array(rows.length);
  const scale = new Float64Array(rows.length);
  const columns: Float32Array[] = [];
  let [last, origin]: [TreeRow | undefined, Origin | undefined] = [undefined, undefined];
  rows.forEach((row, i) => {
    const one = series[row.series]!;
    if (last?.series !== row.series || last.at !== row.at) origin = originAt(one, row.at, plan);
    last = row;
    const seasonal = seasonalAt(one.history, origin!, row.step, plan);
    const target = one.start + row.at + row.step;
    const date = parts.length === 0 ? new Date(0) : new Date(wallAt(plan.frequency, target));
    base[i] = seasonal.base;
    level[i] = origin!.level;
    scale[i] = origin!.scale;
    let f = 0;
    const put = (value: number) => {
      columns[f] ??= new Float32Array(rows.length);
      columns[f++]![i] = value;
    };
    put(row.step);
    origin!.features.forEach(put);
    seasonal.features.forEach(put);
    for (const part of parts) put(part.of(date));
    for (const season of phases) put(modulo(target, season));
    for (const which of fixed.keys()) put(one.fixed[which]!);
    known.forEach(({ type }, which) => {
      put(one.knownAt(which, target));
      if (plan.form === 2) before(plan, type, one, which, row).forEach(put);
    });
  });
  const knownOf = new Array<string | undefined>(columns.length).fill(undefined);
  const levels = new Int32Array(columns.length);
  const places = known.map(({ type }) => (plan.form === 2 ? 1 + countBefore(plan, type) : 1));
  let f = columns.length - places.reduce((sum, count) => sum + count, 0);
  fixed.forEach((covariate, which) => {
    levels[f - fixed.length + which] = levelsOf(covariate);
  });
  known.forEach((covariate, which) => {
    for (let place = 0; place < places[which]!; place++, f++) {
      levels[f] = levelsOf(covariate);
      knownOf[f] = covariate.name;
    }
  });
  return { features: { rows: rows.length, columns, levels }, base, level, scale, knownOf };
}

export function levelsOf({ type, levels }: Covariate): number {
  return type === 'category' ? levels.length + 1 : 0;
}

/** Numbered steps have no date: their phase stands in for it. */
export function hasPhases({ frequency, form }: TreePlan): boolean {
  return form === 2 && frequency.kind === 'fixed' && frequency.unit === 'number';
}

/**
 * What a known covariate was where the seasonal forecast comes from, since that forecast is wrong by what it changed: of
 * numbers how far from there it is, from the mean of the cycles, and from the last value known; of categories what it was.
 */
function before(
  { seasons }: TreePlan,
  type: Covariate['type'],
  { start, knownAt }: TreeSeries,
  which: number,
  { at, step }: TreeRow,
): number[] {
  const now = knownAt(which, start + at + step);
  // What is not told of the past counts as what it is now: no change is known.
  const then = (place: number) => {
    const value = knownAt(which, start + place);
    return Number.isNaN(value) ? now : value;
  };
  const last = then(at);
  const told = seasons.flatMap((season) => {
    const aligned = alignedSteps(at, step, season).map(then);
    if (type === 'category') return [aligned[0]!];
    const mean = aligned.reduce((sum, value) => sum + value, 0) / aligned.length;
    return [now - aligned[0]!, now - mean];
  });
  return [type === 'category' ? last : now - last, ...told];
}

function countBefore({ seasons }: TreePlan, type: Covariate['type']): number {
  return 1 + seasons.length * (type === 'category' ? 1 : 2);
}

export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
