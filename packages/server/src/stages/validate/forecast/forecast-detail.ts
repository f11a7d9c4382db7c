import type { ForecastDetail, ForecastExample, JudgedSeries } from './judged-series.ts';

const MOST_EXAMPLES = 9;

export function forecastDetail(horizon: number, series: readonly JudgedSeries[]): ForecastDetail {
  return {
    horizon,
    steps: Array.from({ length: horizon }, (_, k) => stepDetail(series, k)),
    examples: spread(series, MOST_EXAMPLES).map(exampleOf),
  };
}

function stepDetail(series: readonly JudgedSeries[], k: number): ForecastDetail['steps'][number] {
  const errors: number[] = [];
  const held = new Map<string, { inside: number; all: number }>();
  for (const { candidate } of series) {
    const truth = candidate.truth[k];
    if (truth === undefined || Number.isNaN(truth)) continue;
    const error = Math.abs(truth - candidate.forecast[k]!) / candidate.scale;
    if (Number.isFinite(error)) errors.push(error);
    for (const { level, lower, upper } of candidate.intervals) {
      const known = held.get(String(level)) ?? { inside: 0, all: 0 };
      const inside = truth >= lower[k]! && truth <= upper[k]! ? 1 : 0;
      held.set(String(level), { inside: known.inside + inside, all: known.all + 1 });
    }
  }
  const mase = errors.length === 0 ? null : errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const coverage = Object.fromEntries([...held].map(([level, { inside, all }]) => [level, inside / all]));
  return { step: k + 1, mase, coverage };
}

function exampleOf({ candidate, example }: JudgedSeries): ForecastExample {
  const widest = candidate.intervals.at(-1);
  return {
    ...example,
    truth: Array.from(candidate.truth, (value) => (Number.isNaN(value) ? null : value)),
    forecast: [...candidate.forecast],
    lower: [...(widest?.lower ?? [])],
    upper: [...(widest?.upper ?? [])],
    level: widest?.level ?? 0,
  };
}

function spread<T>(values: readonly T[], count: number): T[] {
  const step = Math.max(1, values.length / count);
  return Array.from({ length: Math.min(values.length, count) }, (_, i) => values[Math.floor(i * step)]!);
}
