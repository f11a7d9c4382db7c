import type { Table } from '../../journey/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../journey/optimize/index.ts';
import { decodeEngineFile, type EngineFile } from '../../journey/pack/index.ts';
import { encodeFeatures } from '../../journey/prepare/index.ts';
import type { AdditiveModel, Predictions, TrainedModel } from '../../journey/train/index.ts';
import {
  decideGates,
  type ValidationReport,
  type ValidationRequest,
  validateCandidate,
} from '../../journey/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { judgedBy } from '../judged-by.ts';
import type { CandidateInput } from '../model.ts';
import type { PreparedRows } from './prepare-rows.ts';
import type { Told } from './story.ts';

/** The champion's engine and what it says about the hold-out rows, its classes in the candidate's order. */
export type Champion = { version: number; threshold: number; predictions: Predictions };

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
  const champion = await championOn(prepared, input, ports);
  const measured = reportOn(prepared, trained.model, trained.decision.threshold, champion, input);
  const { report } = measured;
  const holdout = report.datasets[0]!;
  const { primary } = holdout;
  const verdict = decideGates({ report });
  return {
    value: { ...measured, champion },
    says: `${report.primaryMetric} ${primary.value.toFixed(4)} (95 % interval ${primary.low.toFixed(4)} to ${primary.high.toFixed(4)}) on ${holdout.rows.toLocaleString('en')} rows never trained on. ${verdict.says}`,
    facts: {
      metrics: holdout.metrics,
      primary,
      baseline: holdout.baseline,
      champion: holdout.champion,
      gates: verdict.results,
      confusion: holdout.classification?.confusion ?? null,
      slices: holdout.slices,
    },
  };
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
    prior: priorOf(prepared),
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
        ...(champion === null ? {} : { champion: champion.predictions }),
      },
    ],
  };
  return { report: validateCandidate(request), predictions };
}

/** Slices by the target would only say that some answers are harder than others. */
function withoutColumn(table: Table, name: string): Table {
  return { rows: table.rows, columns: table.columns.filter((column) => column.name !== name) };
}

function priorOf({ train, preparation }: PreparedRows): ValidationRequest['prior'] {
  const rows = train.target.length;
  if (preparation.classes.length === 0)
    return { mean: train.target.reduce((sum, value) => sum + value, 0) / rows };
  const classShares = new Array<number>(preparation.classes.length).fill(0);
  for (const index of train.target) classShares[index]! += 1 / rows;
  return { classShares };
}

async function championOn(
  prepared: PreparedRows,
  input: CandidateInput,
  ports: JobPorts,
): Promise<Champion | null> {
  if (input.champion === null) return null;
  const { files } = await ports.bundles.open(input.champion.bundleId);
  const bytes = files.get('trees.json');
  if (bytes === undefined) return null;
  const engine = decodeEngineFile(bytes);
  if (engine.preparation.task !== prepared.preparation.task) return null;
  const features = encodeFeatures(engine.preparation, prepared.holdout.table);
  const predictions = predictFlatRows(compileFlat(engine.model), features);
  return {
    version: input.champion.version,
    threshold: engine.decision.threshold,
    predictions: inClassOrder(predictions, engine, prepared.preparation.classes),
  };
}

/** The champion's probabilities in the candidate's order of classes; a class it does not know gets 0. */
function inClassOrder(predictions: Predictions, engine: EngineFile, classes: readonly string[]): Predictions {
  const known = engine.preparation.classes;
  if (
    classes.length === 0 ||
    (known.length === classes.length && known.every((name, index) => name === classes[index]))
  ) {
    return predictions;
  }
  if (predictions.outputs === 1)
    return { ...predictions, values: predictions.values.map((value) => 1 - value) };
  const outputs = classes.length;
  const places = classes.map((name) => known.indexOf(name));
  const values = new Float64Array(predictions.rows * outputs);
  for (let row = 0; row < predictions.rows; row++) {
    places.forEach((place, index) => {
      values[row * outputs + index] = place < 0 ? 0 : predictions.values[row * predictions.outputs + place]!;
    });
  }
  return { rows: predictions.rows, outputs, values };
}
