import { measure } from '../train/index.ts';
import { baselinePredictions, describeBaseline } from './baseline.ts';
import { classificationDetail } from './classification-detail.ts';
import { HEADLINE_METRIC } from './headline-metric.ts';
import type {
  BaselineReport,
  ChampionReport,
  DatasetReport,
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
  type Resamples,
  rowLoss,
  takeJudged,
} from './resampling/index.ts';
import { residualSummary } from './residuals.ts';
import { findSlices } from './slices.ts';

/** Everything there is to say about a candidate on one dataset, the baseline and the champion on the same rows. */
export function evaluateDataset(request: ValidationRequest, dataset: ValidationDataset): DatasetReport {
  const { task, classes, threshold, seed } = request;
  const { name, target, candidate, table } = dataset;
  const judged = contestants(request, dataset);
  const resamples = bootstrap((rows) => statisticsOf(task, judged, rows), target.length, seed);
  const found = table === undefined ? undefined : findSlices({ task, ...judged.candidate }, table);
  return {
    name,
    rows: target.length,
    metrics: measure(task, target, candidate, { threshold }),
    primary: {
      metric: HEADLINE_METRIC[task],
      ...intervalOf(resamples, CANDIDATE),
      resamples: resamples.resamples,
    },
    baseline: baselineReport(request, judged.baseline, resamples),
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
    candidate: { target, predictions: candidate, threshold },
    baseline: { target, predictions: baseline, threshold },
    champion: champion && {
      target,
      predictions: champion,
      threshold: request.champion?.threshold ?? threshold,
    },
  };
}

/** Places of the statistics in the bootstrap. */
const [CANDIDATE, BASELINE, CANDIDATE_LOSS, BASELINE_LOSS, CHAMPION] = [0, 1, 2, 3, 4];

function statisticsOf(task: ValidationRequest['task'], judged: Contestants, rows: Int32Array | undefined) {
  const headline = HEADLINE_STATISTIC[task];
  const candidate = takeJudged(judged.candidate, rows);
  const baseline = takeJudged(judged.baseline, rows);
  const loss = (one: Judged) => meanStatistic(rowLoss(task, one.target, one.predictions));
  const statistics = [headline(candidate), headline(baseline), loss(candidate), loss(baseline)];
  return judged.champion === undefined
    ? statistics
    : [...statistics, headline(takeJudged(judged.champion, rows))];
}

function baselineReport(request: ValidationRequest, baseline: Judged, resamples: Resamples): BaselineReport {
  const { task, threshold } = request;
  return {
    says: describeBaseline(request),
    metrics: measure(task, baseline.target, baseline.predictions, { threshold }),
    difference: differenceOf(resamples, CANDIDATE, BASELINE),
    logLossGain: task === 'regression' ? null : differenceOf(resamples, BASELINE_LOSS, CANDIDATE_LOSS),
  };
}

function championReport(
  { task, champion }: ValidationRequest,
  judged: Judged | undefined,
  resamples: Resamples,
): ChampionReport | null {
  if (champion === undefined || judged === undefined) return null;
  return {
    name: champion.name,
    version: champion.version,
    metrics: measure(task, judged.target, judged.predictions, { threshold: judged.threshold }),
    difference: differenceOf(resamples, CANDIDATE, CHAMPION),
  };
}
