import type { ForecastCase } from '../../train/index.ts';

/** A series as a picture: what led up to the steps held out, what happened, and what was said. */
export type ForecastExample = {
  /** What the series is called; empty when there is only one. */
  series: string;
  /** Of history and steps held out, one after another: ISO 8601, or numbers. */
  times: (string | number)[];
  history: number[];
  truth: (number | null)[];
  forecast: number[];
  /** Of the widest interval. */
  lower: number[];
  upper: number[];
  level: number;
  /** What is forecast from the end of all data on, with what led up to it. */
  ahead?: Pick<ForecastExample, 'times' | 'history' | 'forecast' | 'lower' | 'upper' | 'level'>;
};

export type ForecastDetail = {
  horizon: number;
  /** Origins that the steps were forecast from; left out of hold-outs, which have one. */
  origins?: number;
  /** Of each step ahead: the mean scaled error, and for each level the share that its interval held. */
  steps: { step: number; mase: number | null; coverage: Record<string, number> }[];
  /** Series with small, middling and large errors, spread over all. */
  examples: ForecastExample[];
};

/** One series over the steps from one origin: what happened and what each contestant said of it. */
export type JudgedSeries = {
  candidate: ForecastCase;
  /** The best naive forecast on what was known before. */
  baseline: Float64Array;
  /** Null where the champion does not know the series, or has seen the steps already. */
  champion: ForecastCase | null;
  example: Omit<ForecastExample, 'truth' | 'forecast' | 'lower' | 'upper' | 'level'>;
};
