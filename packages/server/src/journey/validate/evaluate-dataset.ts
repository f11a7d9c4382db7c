import { measure } from '../train/index.ts';
import { baselinePredictions, describeBaseline } from './baseline.ts';
import { classificationDetail } from './classification-detail.ts';
import { headlineOf } from './headline-metric.ts';
import type {
  BaselineReport,
  ChampionReport,
  DatasetReport,
  Interval,
  ValidationDataset,
  ValidationRequest,
} from './model.ts';
import {
  bootstrap,
  differenceOf,
  HEADLINE_STATISTIC,
  intervalOf,
  type Judged,
  meanStatistic,
  metricStatistic,
  type Resamples,
  rowLoss,
  takeJudged,
} from './resampling/index.ts';
import { residualSummary } from './residuals.ts';
import { findSlices } from './slices.ts';

/** Everything there is to say about a candidate on one dataset, the baseline and the champion on the same rows. */
export function evaluateDataset(asked: ValidationRequest, dataset: ValidationDataset): DatasetReport {
  const request = { ...asked, prior: dataset.prior ?? asked.prior };
  const { task, classes, threshold, seed } = request;
  const options = optionsOf(request, threshold);
  const { name, target, candidate, table } = dataset;
  const judged = contestants(request, dataset);
  const resamples = bootstrap((rows) => statisticsOf(request, judged, rows), target.length, seed);
  const found = table === undefined ? undefined : findSlices({ task, ...judged.candidate }, table);
  return {
    name,
    rows: target.length,
    metrics: measure(task, target, candidate, options),
    primary: {
      metric: headlineOf(request),
      ...intervalOf(resamples, CANDIDATE),
      resamples: resamples.resamples,
    },
    baseline: baselineReport(
      request,
      judged.baseline,
      resamples,
      dataset.prior && 'training rows like these',
    ),
    champion: championReport(request, judged.champion, resamples),
    classification:
      task === 'regression' ? null : classificationDetail(target, candidate, classes, threshold),
    residuals: task === 'regression' ? residualSummary(target, candidate) : null,
    slices: found?.slices ?? [],
    slicesExamined: found?.examined ?? 0,
  };
}

type Contestants = { candidate: Judged; baseline: Judged; champion: Judged | undefined };

function contestants(
  request: ValidationRequest,
  { target, candidate, champion }: ValidationDataset,
): Contestants {
  const { threshold } = request;
  const baseline = baselinePredictions(request, target.length);
  return {
    candidate: { target, predictions: candidate, ...optionsOf(request, threshold) },
    baseline: { target, predictions: baseline, ...optionsOf(request, threshold) },
    champion: champion && {
      target,
      predictions: champion,
      ...optionsOf(request, request.champion?.threshold ?? threshold),
    },
  };
}

/** Places of the statistics in the bootstrap. */
const [CANDIDATE, BASELINE, CANDIDATE_LOSS, BASELINE_LOSS, CHAMPION] = [0, 1, 2, 3, 4];

function statisticsOf(
  { task, metric }: ValidationRequest,
  judged: Contestants,
  rows: Int32Array | undefined,
) {
  const headline = (one: Judged) =>
    metric === undefined ? HEADLINE_STATISTIC[task](one) : metricStatistic(metric, one);
  const candidate = takeJudged(judged.candidate, rows);
  const baseline = takeJudged(judged.baseline, rows);
  const loss = (one: Judged) => meanStatistic(rowLoss(task, one.target, one.predictions));
  const statistics = [headline(candidate), headline(baseline), loss(candidate), loss(baseline)];
  return judged.champion === undefined
    ? statistics
    : [...statistics, headline(takeJudged(judged.champion, rows))];
}

function baselineReport(
  request: ValidationRequest,
  baseline: Judged,
  resamples: Resamples,
  of: string | undefined,
): BaselineReport {
  const { task, threshold } = request;
  return {
    says: describeBaseline(request, of),
    metrics: measure(task, baseline.target, baseline.predictions, optionsOf(request, threshold)),
    difference: gainOver(request, resamples, BASELINE),
    logLossGain: task === 'regression' ? null : differenceOf(resamples, BASELINE_LOSS, CANDIDATE_LOSS),
  };
}

/** Candidate against another, positive when the candidate is better; relative to the other for metrics that are errors. */
function gainOver({ metric }: ValidationRequest, resamples: Resamples, other: number): Interval {
  if (metric?.direction !== 'lower') return differenceOf(resamples, CANDIDATE, other);
  const { value, low, high } = differenceOf(resamples, other, CANDIDATE);
  const size = Math.abs(resamples.full[other]!) || 1;
  return { value: value / size, low: low / size, high: high / size };
}

function optionsOf({ quantile }: ValidationRequest, threshold: number) {
  return quantile === undefined ? { threshold } : { threshold, quantile };
}

function championReport(
  request: ValidationRequest,
  judged: Judged | undefined,
  resamples: Resamples,
): ChampionReport | null {
  const { task, champion } = request;
  if (champion === undefined || judged === undefined) return null;
  return {
    name: champion.name,
    version: champion.version,
    metrics: measure(task, judged.target, judged.predictions, optionsOf(request, judged.threshold)),
    difference: gainOver(request, resamples, CHAMPION),
  };
}
