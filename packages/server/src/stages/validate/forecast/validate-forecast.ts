import { forecastErrors, scaledError } from '../../train/index.ts';
import type { DatasetReport, Interval, SetOrigin, ValidationReport } from '../model.ts';
import { bootstrap, differenceOf, intervalOf, meanStatistic, type Resamples } from '../resampling/index.ts';
import type { ShiftReport } from '../shift-report.ts';
import { forecastDetail } from './forecast-detail.ts';
import type { JudgedSeries } from './judged-series.ts';

/** Steps that a forecast is measured on. */
export type ForecastSet = {
  name: string;
  /** Series, each once for every origin that it was forecast from. */
  series: readonly JudgedSeries[];
  /** Of a dataset of the lake. */
  origin?: SetOrigin;
  /** Why there is a champion and no comparison with it. */
  notCompared?: string;
  /** Origins that steps were forecast from, where that is not the end of what was fitted. */
  origins?: number;
};

export type ForecastValidation = {
  horizon: number;
  /** Such as `seasonal naive (lag 12): the value of 12 steps before`. */
  baselineSays: string;
  champion: { name: string; version: number } | null;
  /** The hold-out first. */
  sets: readonly ForecastSet[];
  /** What differs in the values that came after the champion's training. */
  shift?: ShiftReport;
  /** Sets without a value that can be measured, and why. */
  notMeasured?: ValidationReport['notMeasured'];
  /** Of the bootstrap. */
  seed: number;
};

/** With so many series they are what is drawn; with fewer the steps are. */
const LEAST_SERIES = 8;

/**
 * Measures a forecast on steps that no fit has seen: MASE and the other measures of the field,
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
    datasets: request.sets.map((set) => setReport(request, set)),
    ...(request.shift && { shift: request.shift }),
    ...(request.notMeasured && { notMeasured: request.notMeasured }),
  };
}

function setReport(request: ForecastValidation, set: ForecastSet): DatasetReport {
  const { champion, horizon } = request;
  const { name, series, origin, notCompared, origins } = set;
  const candidates = series.map(({ candidate }) => candidate);
  const against = compared(request, series, ({ baseline }) => baseline);
  return {
    name,
    ...(origin && { origin }),
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
    champion: champion === null ? null : championReport(request, set, champion),
    ...(notCompared !== undefined && { notCompared }),
    classification: null,
    residuals: null,
    slices: [],
    slicesExamined: 0,
    forecast: { ...forecastDetail(horizon, series), ...(origins !== undefined && { origins }) },
  };
}

function championReport(
  request: ForecastValidation,
  set: ForecastSet,
  champion: { name: string; version: number },
): DatasetReport['champion'] {
  const known = set.series.filter((one) => one.champion !== null);
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
