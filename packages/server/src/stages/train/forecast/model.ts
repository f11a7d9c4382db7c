import type { AdditiveModel } from '../model.ts';

/**
 * What the times of a column are counted by. In a time zone (an IANA name) steps are those of its clock, so that a day begins at
 * its midnight with and without daylight saving. Of `digits` times are whole numbers that write dates, such as 20240131.
 * With neither times are epoch milliseconds UTC, or plain numbers.
 */
export type Calendar = {
  timeZone?: string;
  digits?: 'YYYYMMDD' | 'YYYYMM' | 'epoch seconds' | 'epoch milliseconds';
};

/** A day of a month: a number from 1 (the last day of a month that has fewer), or a rule. */
export type MonthDay = number | 'first-business-day' | 'last-business-day';

/**
 * How the steps of a series follow each other. Times are epoch milliseconds UTC, or whole numbers where the time column
 * is a number; a step is an integer, so that step n + 1 follows step n.
 *
 * - `fixed`: every `step` milliseconds (or units of the number) from `origin`.
 * - `business-day`: Monday to Friday, at `timeOfDay` milliseconds after midnight.
 * - `month`: every `months` months, on `day`, at `timeOfDay`.
 */
export type Frequency = (
  | { kind: 'fixed'; unit: 'time' | 'number'; step: number; origin: number }
  | { kind: 'business-day'; timeOfDay: number }
  | { kind: 'month'; months: number; phase: number; day: MonthDay; timeOfDay: number }
) &
  Calendar;

/** A value of a column beside the target: a category, a number, or null for missing. */
export type CovariateValue = string | number | null;

/** A column beside time, series and target that the models may use. */
export type Covariate = {
  name: string;
  /** `static`: one value a series. `known`: known in advance, one value a step. */
  use: 'static' | 'known';
  type: 'number' | 'category';
  /** Of categories, in the order of their codes. */
  levels: string[];
};

/** One series on its grid: `values[i]` belongs to step `start + i`, and no value is missing. */
export type Series = {
  /** The values of the series columns, in their order; empty for the only series of a table. */
  key: (string | number)[];
  start: number;
  values: Float64Array;
  /** 1 where the value was not in the table. */
  filled: Uint8Array;
  /** Those of the seasons of all series that this one shows. */
  seasons: number[];
  /** Codes or numbers of the static covariates; NaN is missing. */
  fixed: number[];
  /**
   * Known covariates by covariate, from `start` on and beyond the last value as far as the table tells; NaN is missing.
   */
  known: Float64Array[];
};

/** Every series of a table, on one grid. */
export type SeriesSet = {
  frequency: Frequency;
  /** Tested lengths of season in steps, the one that explains most first; empty without season. */
  seasons: number[];
  series: Series[];
  covariates: Covariate[];
  horizon: number;
  /** What was done to the table, in one sentence each. */
  says: string[];
};

/** A model of a single series, fitted; numbers only, so that it can be kept as JSON. */
export type LocalState = { [name: string]: number | string | number[] | LocalState };

/** Every model of a single series. */
export type LocalModelId =
  | 'naive'
  | 'seasonal-naive'
  | 'long-seasonal-naive'
  | 'seasonal-mean'
  | 'drift'
  | 'ets'
  | 'theta'
  | 'decomposed-ets'
  | 'croston-sba'
  | 'tsb';

/** What trees correct: the plain seasonal forecast, the level of the last values, or the mean of the whole series. */
export type TreeBase = 'season' | 'level' | 'mean';

/** What the features of the global trees are made of: the same at training and when answering. */
export type TreePlan = {
  horizon: number;
  /** Lengths of season, the strongest first. */
  seasons: number[];
  /** Steps whose mean is the level that everything is told relative to. */
  window: number;
  frequency: Frequency;
  covariates: Covariate[];
  /** What the trees correct; the plain seasonal forecast when left out. */
  base?: TreeBase;
  /** The features: without a number those of models made before known covariates were told of the season before too. */
  form?: 2;
};

/** Trees over all series, and what their features are made of. */
export type ForecastTrees = {
  model: AdditiveModel;
  plan: TreePlan;
  /** What the calendar and known covariates explain of a series; the trees are of its residuals then. */
  effects?: AdditiveModel;
};

/** Trees over all series, by what they correct. */
export type TreesId = 'global-trees' | 'level-trees' | 'residual-trees';

/** What takes part in a forecast: a local model by its id, or trees over all series. */
export type MemberId = LocalModelId | TreesId;

/** One series of a fitted forecast, at the end of the values it was fitted on (its cutoff). */
export type SeriesModel = {
  key: (string | number)[];
  /** The step of the last value that was fitted. */
  end: number;
  /** The last values up to `end`, as many as the trees look back. */
  tail: number[];
  /** Values known since, which the states are moved on by before they answer. */
  recent: number[];
  states: Partial<Record<LocalModelId, LocalState>>;
  /** Shares of the members, adding up to 1. */
  weights: Partial<Record<MemberId, number>>;
  /** Half the width of an interval is `growth[k] * spread * quantile` of the level, times the seasonal width of the step. */
  spread: number;
  isNonNegative: boolean;
  fixed: (number | null)[];
  /** Mean and standard deviation of the values that were fitted; models made before residuals were learned have none. */
  mean?: number;
  deviation?: number;
  /** Of each known covariate its values from step `knownFrom` on; null is missing. */
  knownFrom: number;
  known: (number | null)[][];
};

/** A fitted forecast of all series: numbers only, so that it can be kept as JSON. */
export type ForecastModel = {
  frequency: Frequency;
  seasons: number[];
  horizon: number;
  covariates: Covariate[];
  /** Those that correct the plain seasonal forecast. */
  trees: ForecastTrees | null;
  /** Those that correct the level; models made before there were any have none. */
  levelTrees?: ForecastTrees | null;
  /** Those of residuals; models made before there were any have none. */
  residualTrees?: ForecastTrees | null;
  /** Of each step ahead how much wider errors are than over all steps; never falling. */
  growth: number[];
  /**
   * How much wider intervals are at each place of the longest season: at `step mod length`, 1 on average. Models made before
   * this was told have none, and are as wide everywhere.
   */
  seasonalWidths?: number[];
  /** Of each level, rising: the quantile of absolute errors. */
  intervals: { level: number; quantile: number }[];
  series: SeriesModel[];
};
