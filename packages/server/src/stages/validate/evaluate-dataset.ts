import { formatSlice } from '@slipway/contract';
import type { Table } from '../ingest/index.ts';
import {
  type DecisionRule,
  expectedClassCosts,
  expectedCosts,
  type MetricOptions,
  measure,
} from '../train/index.ts';
import { baselinePredictions, describeBaseline } from './baseline.ts';
import { classificationDetail } from './classification-detail.ts';
import { groupReports } from './groups/index.ts';
import { headlineOf, metricAsked } from './headline-metric.ts';
import type {
  AskedSlice,
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
import { sliceRows } from './slice-rows.ts';
import { findSlices } from './slices.ts';

/** Everything there is to say about a candidate on one dataset, the baseline and the champion on the same rows. */
export function evaluateDataset(wanted: ValidationRequest, dataset: ValidationDataset): DatasetReport {
  const request = { ...wanted, prior: dataset.prior ?? wanted.prior, metric: metricAsked(wanted) };
  const { task, classes, seed, groups } = request;
  const options = optionsOf(request, request);
  const { name, target, candidate, table, origin } = dataset;
  const judged = contestants(request, dataset);
  const resamples = bootstrap((rows) => statisticsOf(request, judged, rows), target.length, seed);
  const found = table && findSlices({ task, ...judged.candidate }, table, request.sliceColumns);
  const fresh = withoutOverlap(request, judged.candidate, dataset);
  const asked = askedSlices(request, judged.candidate, table);
  return {
    name,
    ...(origin && { origin }),
    ...(fresh && { withoutOverlap: fresh }),
    ...(asked && { askedSlices: asked }),
    rows: target.length,
    metrics: measure(task, target, candidate, options),
    primary: {
      metric: headlineOf(request),
      ...intervalOf(resamples, CANDIDATE),
      resamples: resamples.resamples,
    },
    baseline: baselineReport(request, judged.baseline, resamples),
    champion: championReport(request, dataset, judged, resamples),
    ...(dataset.notCompared === undefined ? {} : { notCompared: dataset.notCompared }),
    classification: task === 'regression' ? null : classificationDetail(target, candidate, classes, request),
    residuals: task === 'regression' ? residualSummary(target, candidate) : null,
    slices: found?.slices ?? [],
    slicesExamined: found?.examined ?? 0,
    ...costsOf(request, dataset),
    ...(groups && table && { groups: groupReports(task, judged.candidate, table, groups) }),
  };
}

/** With costs: what answers cost on the rows, and simpler ways of answering. */
function costsOf(
  { classes, threshold, decision, costMatrix: matrix }: ValidationRequest,
  { target, candidate }: ValidationDataset,
): Pick<DatasetReport, 'expectedCosts' | 'expectedClassCosts'> {
  if (matrix !== undefined)
    return { expectedClassCosts: expectedClassCosts(target, candidate, { matrix, classes }) };
  const costs = decision?.costs;
  return costs === undefined
    ? {}
    : { expectedCosts: expectedCosts(target, candidate.values, threshold, costs) };
}

/** Undefined where no row equals a training row; where all do there is nothing to measure. */
function withoutOverlap(
  request: ValidationRequest,
  judged: Judged,
  { overlapping }: ValidationDataset,
): DatasetReport['withoutOverlap'] {
  if (overlapping === undefined || !overlapping.includes(1)) return undefined;
  const rows = Int32Array.from(overlapping.keys()).filter((row) => overlapping[row] === 0);
  return { rows: rows.length, metrics: rows.length === 0 ? {} : metricsOf(request, judged, rows) };
}

function askedSlices(
  request: ValidationRequest,
  judged: Judged,
  table: Table | undefined,
): AskedSlice[] | undefined {
  if (request.slices === undefined || table === undefined) return undefined;
  return request.slices.flatMap((where): AskedSlice[] => {
    const rows = sliceRows(table, where);
    if (rows === undefined) return [];
    const metrics = rows.length === 0 ? {} : metricsOf(request, judged, rows);
    return [{ says: formatSlice(where), rows: rows.length, metrics }];
  });
}

function metricsOf(request: ValidationRequest, judged: Judged, rows: Int32Array): Record<string, number> {
  const { target, predictions } = takeJudged(judged, rows);
  return measure(request.task, target, predictions, optionsOf(request, request));
}

type Contestants = { candidate: Judged; baseline: Judged; champion: Judged | undefined };

function contestants(
  request: ValidationRequest,
  { target, candidate, champion, compared }: ValidationDataset,
): Contestants {
  const baseline = baselinePredictions(request, target.length);
  return {
    candidate: { target, predictions: candidate, ...optionsOf(request, request) },
    baseline: { target, predictions: baseline, ...optionsOf(request, request) },
    champion: champion && {
      target: compared === undefined ? target : Float64Array.from(compared, (row) => target[row]!),
      predictions: champion,
      ...optionsOf(request, request.champion ?? request),
    },
  };
}

/** Places of the statistics in the bootstrap. */
const [CANDIDATE, BASELINE, CANDIDATE_LOSS, BASELINE_LOSS, CHAMPION] = [0, 1, 2, 3, 4];

function statisticsOf(request: ValidationRequest, judged: Contestants, rows: Int32Array | undefined) {
  const { task } = request;
  const headline = (one: Judged) => headlineStatistic(request, one);
  const candidate = takeJudged(judged.candidate, rows);
  const baseline = takeJudged(judged.baseline, rows);
  const loss = (one: Judged) => meanStatistic(rowLoss(task, one.target, one.predictions));
  const statistics = [headline(candidate), headline(baseline), loss(candidate), loss(baseline)];
  return judged.champion === undefined || judged.champion.target.length < judged.candidate.target.length
    ? statistics
    : [...statistics, headline(takeJudged(judged.champion, rows))];
}

function baselineReport(request: ValidationRequest, baseline: Judged, resamples: Resamples): BaselineReport {
  return {
    says: describeBaseline(request),
    metrics: measure(request.task, baseline.target, baseline.predictions, baseline),
    difference: gainOver(request, resamples, BASELINE),
    logLossGain:
      request.task === 'regression' ? null : differenceOf(resamples, BASELINE_LOSS, CANDIDATE_LOSS),
  };
}

/** Candidate against another, positive when the candidate is better; relative to the other for metrics that are errors. */
function gainOver({ metric }: ValidationRequest, resamples: Resamples, other: number): Interval {
  if (metric?.direction !== 'lower') return differenceOf(resamples, CANDIDATE, other);
  const { value, low, high } = differenceOf(resamples, other, CANDIDATE);
  const size = Math.abs(resamples.full[other]!) || 1;
  return { value: value / size, low: low / size, high: high / size };
}

function optionsOf({ quantile, answerCosts }: ValidationRequest, rule: DecisionRule): MetricOptions {
  const { threshold, costMatrix } = rule;
  return {
    threshold,
    ...(costMatrix && { costMatrix }),
    ...(answerCosts && { answerCosts }),
    ...(quantile !== undefined && { quantile }),
  };
}

function championReport(
  request: ValidationRequest,
  { compared }: ValidationDataset,
  { candidate, champion: judged }: Contestants,
  resamples: Resamples,
): ChampionReport | null {
  const { task, champion } = request;
  if (champion === undefined || judged === undefined) return null;
  const report = {
    name: champion.name,
    version: champion.version,
    metrics: measure(task, judged.target, judged.predictions, judged),
  };
  if (compared === undefined) return { ...report, difference: gainOver(request, resamples, CHAMPION) };
  const pair = [takeJudged(candidate, compared), judged];
  const onThem = bootstrap(
    (rows) => pair.map((one) => headlineStatistic(request, takeJudged(one, rows))),
    compared.length,
    request.seed,
  );
  return {
    ...report,
    difference: gainOver(request, onThem, 1),
    on: { rows: compared.length, candidate: onThem.full[CANDIDATE]! },
  };
}

function headlineStatistic({ task, metric }: ValidationRequest, one: Judged) {
  return metric === undefined ? HEADLINE_STATISTIC[task](one) : metricStatistic(metric, one);
}
