import type { Covariate, ForecastModel, Series, SeriesModel, SeriesSet } from '../../train/index.ts';

/** One series up to the end of a set: `values[i]` belongs to step `start + i`. */
export type LaterSeries = {
  key: Series['key'];
  start: number;
  /** Known values, then those of the set that are newer; NaN for steps between them that nobody told of. */
  values: Float64Array;
  /** 1 where the value was not told. */
  filled: Uint8Array;
  /** How many of the values came before: they were known, or fitted on. */
  known: number;
  /** Of the model's columns known in advance their values from `start` on, in the model's codes; NaN is not told. */
  covariates: Float64Array[];
};

/** Values of a series that were known before a set. */
export type Known = Pick<Series, 'key' | 'start' | 'values' | 'filled'>;

export type LaterValues = {
  later: LaterSeries[];
  /** Values of the set that are not newer than what was known: left out. */
  notNewer: number;
  /** Values of the set that are measured. */
  newer: number;
  /** Series of the set that the model does not know. */
  unknown: string[];
  /** Steps between what was known and the set that nobody told of. */
  gap: number;
};

/**
 * What a set tells beyond the values that were known: only newer ones are measured, since a forecast was fitted on the others.
 * Columns known in advance are matched by name, and their categories by level.
 */
export function laterValues(
  model: Pick<ForecastModel, 'covariates'> & {
    series: readonly Pick<SeriesModel, 'key' | 'end' | 'recent'>[];
  },
  known: { series: readonly Known[] },
  set: Pick<SeriesSet, 'series' | 'covariates'>,
): LaterValues {
  const byKey = new Map(known.series.map((one) => [JSON.stringify(one.key), one]));
  const ends = new Map(
    model.series.map(({ key, end, recent }) => [JSON.stringify(key), end + recent.length]),
  );
  const recode = recodings(model.covariates, set.covariates);
  const found: LaterValues = { later: [], notNewer: 0, newer: 0, unknown: [], gap: 0 };
  for (const one of set.series) {
    const key = JSON.stringify(one.key);
    const before = byKey.get(key);
    const fittedEnd = ends.get(key);
    if (before === undefined || fittedEnd === undefined) {
      found.unknown.push(one.key.join(', '));
      continue;
    }
    const knownEnd = Math.max(fittedEnd, before.start + before.values.length - 1);
    const told = one.filled.reduce((count, isFilled) => count + (isFilled === 1 ? 0 : 1), 0);
    const joined = join(before, one, knownEnd);
    if (joined === null) {
      found.notNewer += told;
      continue;
    }
    const newer = joined.filled.subarray(joined.known).reduce((count, one) => count + (one === 1 ? 0 : 1), 0);
    found.newer += newer;
    found.notNewer += told - newer;
    found.gap = Math.max(found.gap, one.start - knownEnd - 1);
    found.later.push({ key: one.key, ...joined, covariates: recode.map((of) => of(one, joined)) });
  }
  return found;
}

type Joined = Pick<LaterSeries, 'start' | 'values' | 'filled' | 'known'>;

/** Null where no value of the set is newer. */
function join(before: Known, set: Series, knownEnd: number): Joined | null {
  const { start } = before;
  const end = set.start + set.values.length - 1;
  if (end <= knownEnd) return null;
  const known = knownEnd + 1 - start;
  const length = end + 1 - start;
  const values = new Float64Array(length).fill(Number.NaN);
  const filled = new Uint8Array(length).fill(1);
  values.set(before.values);
  filled.set(before.filled);
  for (let i = Math.max(known, set.start - start); i < length; i++) {
    const at = start + i - set.start;
    values[i] = set.values[at]!;
    filled[i] = set.filled[at]!;
  }
  return { start, values, filled, known };
}

type Recode = (series: Series, joined: Joined) => Float64Array;

/** By the model's columns known in advance: how the set's column of that name is read. */
function recodings(ours: readonly Covariate[], theirs: readonly Covariate[]): Recode[] {
  const told = theirs.filter(({ use }) => use === 'known');
  return ours
    .filter(({ use }) => use === 'known')
    .map((covariate) => {
      const place = told.findIndex(({ name }) => name === covariate.name);
      const codes = told[place]?.levels.map((level) => codeOf(covariate, level));
      return ({ known, start }, joined) => {
        const values = place < 0 ? undefined : known[place];
        const length = Math.max(joined.values.length, start - joined.start + (values?.length ?? 0));
        return Float64Array.from({ length }, (_, i) => {
          const value = values?.[joined.start + i - start] ?? Number.NaN;
          return covariate.type === 'category' && !Number.isNaN(value) ? (codes?.[value] ?? value) : value;
        });
      };
    });
}

/** A level that the model does not know has the code after the last, as when an endpoint is asked. */
function codeOf({ levels }: Covariate, level: string): number {
  const code = levels.indexOf(level);
  return code < 0 ? levels.length : code;
}
