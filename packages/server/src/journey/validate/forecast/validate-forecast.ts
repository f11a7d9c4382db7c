import { forecastErrors, scaledError } from '../../train/index.ts';
import type { DatasetReport, Interval, ValidationReport } from '../model.ts';
import { bootstrap, differenceOf, intervalOf, meanStatistic, type Resamples } from '../resampling/index.ts';
import { forecastDetail } from './forecast-detail.ts';
import type { JudgedSeries } from './judged-series.ts';

export type ForecastValidation = {
  horizon: number;
  /** Such as `seasonal naive (lag 12): the value of 12 steps before`. */
  baselineSays: string;
  champion: { name: string; version: number } | null;
  series: readonly JudgedSeries[];
  /** Of the bootstrap. */
  seed: number;
};

/** With so many series they are what is drawn; with fewer the steps are. */
const LEAST_SERIES = 8;

/**
 * Measures a forecast on the last steps of each series, which it never saw: MASE and the other measures of the field,
 * beside the best naive forecast and the champion on the same steps. Steps of one series err together, so whole series are
 * drawn in the bootstrap where there are enough of them. Pure.
 */
export function validateForecast(request: ForecastValidation): ValidationReport {
  return {
    format: 1,
    task: 'forecast',
    classes: [],
    threshold: 0.5,
    primaryMetric: 'mase',
    datasets: [holdoutReport(request)],
  };
}

function holdoutReport(request: ForecastValidation): DatasetReport {
  const { series, champion, horizon } = request;
  const candidates = series.map(({ candidate }) => candidate);
  const against = compared(request, series, ({ baseline }) => baseline);
  return {
    name: 'hold-out',
    rows: candidates.reduce(
      (sum, { truth }) => sum + truth.filter((value) => !Number.isNaN(value)).length,
      0,
    ),
    metrics: forecastErrors(candidates),
    primary: { metric: 'mase', ...intervalOf(against, CANDIDATE), resamples: against.resamples },
    baseline: {
      says: request.baselineSays,
      metrics: forecastErrors(
        series.map(({ candidate, baseline }) => ({ ...candidate, forecast: baseline, intervals: [] })),
      ),
      difference: savedOf(against),
      logLossGain: null,
    },
    champion: champion === null ? null : championReport(request, champion),
    classification: null,
    residuals: null,
    slices: [],
    slicesExamined: 0,
    forecast: forecastDetail(horizon, series),
  };
}

function championReport(
  request: ForecastValidation,
  champion: { name: string; version: number },
): DatasetReport['champion'] {
  const known = request.series.filter((one) => one.champion !== null);
  if (known.length === 0) return null;
  const against = compared(request, known, (one) => one.champion!.forecast);
  return {
    ...champion,
    metrics: forecastErrors(known.map((one) => one.champion!)),
    difference: savedOf(against),
  };
}

/** Places of the statistics in the bootstrap. */
const [CANDIDATE, OTHER] = [0, 1];

function compared(
  { seed }: ForecastValidation,
  series: readonly JudgedSeries[],
  otherOf: (one: JudgedSeries) => Float64Array,
): Resamples {
  const pairs = series.length >= LEAST_SERIES ? bySeries(series, otherOf) : byStep(series, otherOf);
  const known = pairs.filter((pair) => pair.every(Number.isFinite));
  return bootstrap(
    (rows) => [
      meanStatistic(Float64Array.from(rows ?? known.keys(), (i) => known[i]![0])),
      meanStatistic(Float64Array.from(rows ?? known.keys(), (i) => known[i]![1])),
    ],
    known.length,
    seed,
  );
}

type Pair = [candidate: number, other: number];

function bySeries(series: readonly JudgedSeries[], otherOf: (one: JudgedSeries) => Float64Array): Pair[] {
  return series.map((one) => [
    scaledError(one.candidate, one.candidate.forecast),
    scaledError(one.candidate, otherOf(one)),
  ]);
}

function byStep(series: readonly JudgedSeries[], otherOf: (one: JudgedSeries) => Float64Array): Pair[] {
  return series.flatMap((one) => {
    const { truth, forecast, scale } = one.candidate;
    const other = otherOf(one);
    return Array.from(
      truth,
      (value, k): Pair => [Math.abs(value - forecast[k]!) / scale, Math.abs(value - other[k]!) / scale],
    );
  });
}

/** What the candidate saves of the other's error, as a share of it. */
function savedOf(against: Resamples): Interval {
  const { value, low, high } = differenceOf(against, OTHER, CANDIDATE);
  const size = Math.abs(against.full[OTHER]!) || 1;
  return { value: value / size, low: low / size, high: high / size };
}
