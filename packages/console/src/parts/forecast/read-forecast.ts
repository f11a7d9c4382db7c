/** A series as a picture: what led up to the steps, what happened, what was said. */
export type ForecastExample = {
  series: string;
  /** Of history and steps, one after another. */
  times: (string | number)[];
  history: number[];
  /** Null where nothing is known; empty for what is still to come. */
  truth: (number | null)[];
  forecast: number[];
  lower: number[];
  upper: number[];
  level: number;
  /** What is forecast from the end of the data on. */
  ahead?: Ahead;
};

export type Ahead = Omit<ForecastExample, 'ahead' | 'series' | 'truth'>;

export type ForecastStep = { step: number; mase: number | null; coverage: Record<string, number> };
export type ForecastFound = { horizon: number; steps: ForecastStep[]; examples: ForecastExample[] };

type Rec = Record<string, unknown>;

/** What a report tells of a forecast, or undefined when it is none. */
export function readForecast(value: unknown): ForecastFound | undefined {
  if (!isRec(value) || !Array.isArray(value.examples) || !Array.isArray(value.steps)) return undefined;
  return value.examples.every(isExample) ? (value as ForecastFound) : undefined;
}

function isExample(value: unknown): boolean {
  if (!isRec(value) || typeof value.series !== 'string') return false;
  return [value.times, value.history, value.truth, value.forecast, value.lower, value.upper].every(
    Array.isArray,
  );
}

function isRec(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
