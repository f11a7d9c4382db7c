import { ownValue } from '@slipway/contract';
import type { Table } from '../../journey/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../journey/optimize/index.ts';
import type { AdditiveModel, Predictions, TrainedModel } from '../../journey/train/index.ts';
import {
  decideGates,
  type ShiftReport,
  type ValidationReport,
  type ValidationRequest,
  validateCandidate,
} from '../../journey/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { judgedBy } from '../judged-by.ts';
import type { CandidateInput } from '../model.ts';
import { type Champion, championOf } from './champion.ts';
import { comparisonSets, priorOf } from './comparison-sets.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { appendedAlone } from './shift/appended-alone.ts';
import { measureShift } from './shift/measure-shift.ts';
import type { Told } from './story.ts';

/** The report, and the predictions for the hold-out that it is of. */
export type Measured = { report: ValidationReport; predictions: Predictions };

export type Judged = Measured & { champion: Champion | null };

/** Measures the trained model on the held-out rows, beside a trivial baseline and the champion on the same rows. */
export async function judgeCandidate(
  prepared: PreparedRows,
  trained: TrainedModel,
  input: CandidateInput,
  ports: JobPorts,
): Promise<Told<Judged>> {
  const opened = await championOf(prepared, input, ports);
  const compared = opened && { ...opened, shift: measureShift(prepared, input, opened) };
  const measured = reportOn(prepared, trained.model, trained.decision.threshold, compared, input);
  const shift = await withAppendedAlone(measured.report, prepared, input, ports);
  const champion = compared && { ...compared, shift };
  const report = shift === null ? measured.report : { ...measured.report, shift };
  const holdout = report.datasets[0]!;
  const { primary } = holdout;
  const verdict = decideGates({ report });
  return {
    value: { report, predictions: measured.predictions, champion },
    says: `${report.primaryMetric} ${primary.value.toFixed(4)} (95 % interval ${primary.low.toFixed(4)} to ${primary.high.toFixed(4)}) on ${holdout.rows.toLocaleString('en')} rows never trained on. ${verdict.says}`,
    facts: {
      metrics: holdout.metrics,
      primary,
      baseline: holdout.baseline,
      champion: holdout.champion,
      ...(report.shift && { shift: report.shift, comparedOn: comparedOn(report) }),
      gates: verdict.results,
      confusion: holdout.classification?.confusion ?? null,
      slices: holdout.slices,
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
  threshold: number,
  champion: Champion | null,
  input: CandidateInput,
): Measured {
  const { holdout, preparation } = prepared;
  const predictions = predictFlatRows(compileFlat(model), holdout.features);
  const request: ValidationRequest = {
    task: preparation.task as ValidationRequest['task'],
    classes: preparation.classes,
    threshold,
    prior: priorOf(prepared.train.target, preparation.classes.length),
    seed: input.seed,
    ...judgedBy(input.wish ?? {}, preparation.task as ValidationRequest['task']),
    ...(champion === null
      ? {}
      : { champion: { name: input.modelName, version: champion.version, threshold: champion.threshold } }),
    datasets: [
      {
        name: 'hold-out',
        target: holdout.target,
        table: withoutColumn(holdout.table, preparation.target),
        candidate: predictions,
        ...(isComparedOnAll(prepared, champion) && { champion: champion.predictions }),
      },
      ...comparisonSets(prepared, predictions, champion),
    ],
  };
  const report = validateCandidate(request);
  const shift = champion?.shift ?? null;
  return { report: shift === null ? report : { ...report, shift }, predictions };
}

/** Whether the champion, if there is one, has honest predictions of every hold-out row. */
function isComparedOnAll({ holdout }: PreparedRows, champion: Champion | null): champion is Champion {
  return champion !== null && champion.comparable.length === holdout.numbers.length;
}

/** Slices by the target would only say that some answers are harder than others. */
function withoutColumn(table: Table, name: string): Table {
  return { rows: table.rows, columns: table.columns.filter((column) => column.name !== name) };
}
