import { ownValue } from '@slipway/contract';
import type { Table } from '../../stages/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../stages/optimize/index.ts';
import type { Decision } from '../../stages/pack/index.ts';
import { encodeFeatures } from '../../stages/prepare/index.ts';
import {
  type AdditiveModel,
  matrixOf,
  type Predictions,
  type ThresholdDecision,
  type TrainedModel,
} from '../../stages/train/index.ts';
import {
  DEFAULT_GATES,
  decideGates,
  groupColumns,
  type Interval,
  LEAKAGE_GATE,
  type ShiftReport,
  type ValidationReport,
  type ValidationRequest,
  validateCandidate,
} from '../../stages/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput } from '../model.ts';
import { selectionMetricOf } from '../start/selection-metric.ts';
import { gatesOf, groupsAsked, slicesAsked } from '../validation/gates-of.ts';
import { type Champion, championOf } from './champion.ts';
import { comparisonSets, priorOf, takePredictions } from './comparison-sets.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { appendedAlone } from './shift/appended-alone.ts';
import { measureShift } from './shift/measure-shift.ts';
import type { Told } from './stage-reporter.ts';

/** The report, and the predictions for the hold-out that it is of. */
export type Measured = { report: ValidationReport; predictions: Predictions };

export type Judged = Measured & { champion: Champion | null };

/** Measures the trained model on the held-out rows, beside a trivial baseline and the champion on the same rows. */
export async function evaluateCandidate(
  prepared: PreparedRows,
  trained: TrainedModel,
  input: CandidateInput,
  ports: JobPorts,
): Promise<Told<Judged>> {
  const opened = await championOf(prepared, input, ports);
  const compared = opened && { ...opened, shift: measureShift(prepared, input, opened) };
  const measured = reportOn(prepared, trained.model, trained.decision, compared, input);
  const shift = await withAppendedAlone(measured.report, prepared, input, ports);
  const champion = compared && { ...compared, shift };
  const report = shift === null ? measured.report : { ...measured.report, shift };
  const holdout = report.datasets[0]!;
  const { primary } = holdout;
  const verdict = decideGates({ report, leakage: prepared.preparation.leakage }, [
    LEAKAGE_GATE,
    ...gatesOf(input, DEFAULT_GATES),
  ]);
  return {
    value: { report, predictions: measured.predictions, champion },
    says: `${report.primaryMetric} ${measuredInWords(primary)} on ${holdout.rows.toLocaleString('en')} rows never trained on. ${verdict.says}`,
    facts: {
      metrics: holdout.metrics,
      primary,
      baseline: holdout.baseline,
      champion: holdout.champion,
      ...(report.shift && { shift: report.shift, comparedOn: comparedOn(report) }),
      gates: verdict.results,
      confusion: holdout.classification?.confusion ?? null,
      slices: holdout.slices,
      ...(report.decision && { decision: report.decision }),
      ...(holdout.groups && { groups: holdout.groups }),
      ...(holdout.expectedCosts && { expectedCosts: holdout.expectedCosts }),
      ...(holdout.expectedClassCosts && { expectedClassCosts: holdout.expectedClassCosts }),
      sets: report.datasets.slice(1).map(({ name, rows, metrics, primary: own, origin }) => {
        return { name, rows, metrics, primary: own, origin };
      }),
    },
  };
}

/** Where the appended labels look as if they carried no signal, a model of them alone has the last word. */
async function withAppendedAlone(
  report: ValidationReport,
  prepared: PreparedRows,
  input: CandidateInput,
  { clock }: JobPorts,
): Promise<ShiftReport | null> {
  const { shift } = report;
  const gate = decideGates({ report }).results.find(({ id }) => id === 'label-signal');
  if (shift === undefined || shift.relation === null || gate?.passed !== false) return shift ?? null;
  const alone = await appendedAlone(prepared, input, clock);
  return alone === null ? shift : { ...shift, relation: { ...shift.relation, alone } };
}

/** Candidate and champion on each set that they are compared on beside the whole hold-out. */
function comparedOn({ datasets }: ValidationReport) {
  return datasets
    .slice(1)
    .filter((one) => one.champion !== null)
    .map(({ name, rows, primary, champion }) => ({
      set: name,
      rows,
      challenger: primary.value,
      champion: ownValue(champion!.metrics, primary.metric) ?? null,
      difference: champion!.difference,
    }));
}

/** The validation report of `model` on the hold-out. */
export function reportOn(
  prepared: PreparedRows,
  model: AdditiveModel,
  decision: ThresholdDecision,
  champion: Champion | null,
  input: CandidateInput,
): Measured {
  const { holdout, preparation, sets = [] } = prepared;
  const flat = compileFlat(model);
  const predictions = predictFlatRows(flat, holdout.features);
  const slices = slicesAsked(input.gates);
  const groups = groupColumns(prepared.train.table, groupsAsked(input.gates, input.wish));
  const request: ValidationRequest = {
    task: preparation.task as ValidationRequest['task'],
    classes: preparation.classes,
    ...ruleAndCosts(decision),
    prior: priorOf(prepared.train.target, preparation.classes.length),
    sliceColumns: preparation.inputs.map(({ name }) => name),
    seed: input.seed,
    ...selectionMetricOf(input.wish ?? {}, preparation.task as ValidationRequest['task']),
    ...(champion === null
      ? {}
      : { champion: { name: input.modelName, version: champion.version, ...champion.rule } }),
    datasets: [
      {
        name: 'hold-out',
        target: holdout.target,
        table: withoutColumn(holdout.table, preparation.target),
        candidate: predictions,
        ...comparedWith(champion),
      },
      ...comparisonSets(prepared, predictions, champion),
      ...sets.map(({ name, target, table, origin, overlapping }, i) => {
        const former = champion?.ofSets[i] ?? null;
        return {
          ...{ name, target, origin, overlapping },
          table: withoutColumn(table, preparation.target),
          candidate: predictFlatRows(flat, encodeFeatures(preparation, table)),
          ...(former && { champion: former }),
        };
      }),
    ],
    ...(slices.length > 0 && { slices }),
    ...(groups.length > 0 && { groups }),
  };
  const report = validateCandidate(request);
  const shift = champion?.shift ?? null;
  return { report: shift === null ? report : { ...report, shift }, predictions };
}

/** How a model decides, with the reason where there is one, and what answers cost. */
export function ruleAndCosts(
  decision: Decision,
): Pick<ValidationRequest, 'threshold' | 'costMatrix' | 'answerCosts' | 'decision'> {
  const { threshold, costMatrix, costs, by, says } = decision;
  const answerCosts = costMatrix ?? (costs && matrixOf(costs));
  return {
    threshold,
    ...(costMatrix && { costMatrix }),
    ...(answerCosts && { answerCosts }),
    ...(by !== undefined && says && { decision: { ...decision, by, says } }),
  };
}

/** The champion on the rows of the whole hold-out that it had not learnt from when it predicted them. */
function comparedWith(champion: Champion | null) {
  if (champion === null) return {};
  const { predictions, comparable, notCompared } = champion;
  if (notCompared !== undefined) return { notCompared };
  if (comparable.length === predictions.rows) return { champion: predictions };
  return { champion: takePredictions(predictions, comparable), compared: comparable };
}

/** Slices by the target would only say that some answers are harder than others. */
export function withoutColumn(table: Table, name: string): Table {
  return { rows: table.rows, columns: table.columns.filter((column) => column.name !== name) };
}

function measuredInWords({ value, low, high }: Interval): string {
  if (!Number.isFinite(value)) return 'cannot be measured';
  return `${value.toFixed(4)} (95 % interval ${low.toFixed(4)} to ${high.toFixed(4)})`;
}
