import type { Table } from '../../journey/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../journey/optimize/index.ts';
import { decodeEngineFile, type EngineFile, heldOutOf } from '../../journey/pack/index.ts';
import { encodeFeatures, type TargetVector } from '../../journey/prepare/index.ts';
import type {
  AdditiveModel,
  Predictions,
  ThresholdDecision,
  TrainedModel,
} from '../../journey/train/index.ts';
import {
  DEFAULT_GATES,
  decideGates,
  groupColumns,
  type ValidationReport,
  type ValidationRequest,
  validateCandidate,
} from '../../journey/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { judgedBy } from '../judged-by.ts';
import type { CandidateInput } from '../model.ts';
import { gatesOf, groupsAsked, slicesAsked } from '../validation/gates-of.ts';
import type { PreparedRows } from './prepare-rows.ts';
import type { Told } from './story.ts';
import { type UnseenByChampion, unseenByChampion } from './unseen-by-champion.ts';

/**
 * What the champion says about rows of the hold-out that it has not learnt from (all rows when `places` is undefined), its
 * classes in the candidate's order; or why there are none.
 */
export type Champion = UnseenByChampion & {
  version: number;
  threshold: number;
  /** Of the further sets, in their order; null where it takes a column that the set lacks. */
  ofSets: readonly (Predictions | null)[];
};

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
  const measured = reportOn(prepared, trained.model, trained.decision, champion, input);
  const { report } = measured;
  const holdout = report.datasets[0]!;
  const { primary } = holdout;
  const verdict = decideGates({ report }, gatesOf(input, DEFAULT_GATES));
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
      ...(report.decision && { decision: report.decision }),
      ...(holdout.groups && { groups: holdout.groups }),
      ...(holdout.expectedCosts && { expectedCosts: holdout.expectedCosts }),
      sets: report.datasets.slice(1).map(({ name, rows, metrics, primary: own, origin }) => {
        return { name, rows, metrics, primary: own, origin };
      }),
    },
  };
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
    threshold: decision.threshold,
    ...(preparation.task === 'binary' && { decision }),
    prior: priorOf(prepared.train.target, preparation.classes.length),
    sliceColumns: preparation.inputs.map(({ name }) => name),
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
        ...comparedWith(champion),
      },
      ...sets.map(({ name, target, table, origin, overlapping }, i) => {
        const former = champion?.ofSets?.[i] ?? null;
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
  return { report: validateCandidate(request), predictions };
}

function comparedWith(champion: Champion | null) {
  if (champion === null) return {};
  if ('reason' in champion) return { notCompared: champion.reason };
  const { predictions, places } = champion;
  return { champion: predictions, ...(places && { compared: places }) };
}

/** Slices by the target would only say that some answers are harder than others. */
export function withoutColumn(table: Table, name: string): Table {
  return { rows: table.rows, columns: table.columns.filter((column) => column.name !== name) };
}

/** What is known of a target without a model: the share of each class, or the mean. */
export function priorOf(target: TargetVector, classes: number): ValidationRequest['prior'] {
  const rows = target.length;
  if (classes === 0) return { mean: target.reduce((sum, value) => sum + value, 0) / rows };
  const classShares = new Array<number>(classes).fill(0);
  for (const index of target) classShares[index]! += 1 / rows;
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
  const { classes } = prepared.preparation;
  const { sets = [] } = prepared;
  const told = {
    version: input.champion.version,
    threshold: engine.decision.threshold,
    ofSets: sets.map(({ table }) => (takes(engine, table) ? predictionsOf(engine, table, classes) : null)),
  };
  const features = encodeFeatures(engine.preparation, prepared.holdout.table);
  const live = predictFlatRows(compileFlat(engine.model), features);
  const held = heldOutOf(files);
  const unseen = unseenByChampion(prepared, held, live, input.champion.commonRows ?? 0);
  if ('reason' in unseen) return { ...told, ...unseen };
  const { places } = unseen;
  return { ...told, predictions: inClassOrder(unseen.predictions, engine, classes), places };
}

/** What a packed model says of the rows, its classes in the given order. */
export function predictionsOf(engine: EngineFile, table: Table, classes: readonly string[]): Predictions {
  const features = encodeFeatures(engine.preparation, table);
  return inClassOrder(predictFlatRows(compileFlat(engine.model), features), engine, classes);
}

/** Whether the table has every column that the model takes. */
export function takes({ preparation: { inputs } }: EngineFile, { columns }: Table): boolean {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return inputs.every(({ name, type }) => types.get(name) === type);
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
