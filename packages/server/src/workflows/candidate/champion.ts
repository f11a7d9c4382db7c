import type { Table } from '../../stages/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../stages/optimize/index.ts';
import { type BundleFiles, decodeEngineFile, type EngineFile, heldOutOf } from '../../stages/pack/index.ts';
import { encodeFeatures } from '../../stages/prepare/index.ts';
import type { DecisionRule, Predictions } from '../../stages/train/index.ts';
import type { ShiftReport } from '../../stages/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, ChampionRef } from '../model.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { unseenByChampion } from './unseen-by-champion.ts';

/** The champion beside a candidate. */
export type Champion = {
  version: number;
  rule: DecisionRule;
  /** What it predicts for the hold-out rows, its classes in the candidate's order. */
  predictions: Predictions;
  /**
   * Places in the hold-out that candidate and champion are compared on, ascending: those of which the champion has a
   * prediction that was made before it learnt from them.
   */
  comparable: Int32Array;
  /** Why there are none. */
  notCompared?: string;
  /** What it predicts for the further sets, in their order; null where it takes a column that the set lacks. */
  ofSets: readonly (Predictions | null)[];
  open: OpenChampion;
  /** What differs in the rows that came after its training; null when none did. */
  shift: ShiftReport | null;
};

/** A champion's bundle, read. */
export type OpenChampion = { engine: EngineFile; files: BundleFiles };

/** Opens the champion and has it predict the hold-out. Null without one, or when it does another task. */
export async function championOf(
  prepared: PreparedRows,
  input: CandidateInput,
  ports: Pick<JobPorts, 'bundles'>,
): Promise<Champion | null> {
  if (input.champion === null) return null;
  const { files } = await ports.bundles.open(input.champion.bundleId);
  const bytes = files.get('trees.json');
  if (bytes === undefined) return null;
  const engine = decodeEngineFile(bytes);
  if (engine.preparation.task !== prepared.preparation.task) return null;
  const { classes } = prepared.preparation;
  return {
    version: input.champion.version,
    rule: ruleInOrder(engine, classes),
    ...onHoldout(prepared, input.champion, { engine, files }),
    ofSets: (prepared.sets ?? []).map(({ table }) =>
      takes(engine, table) ? predictionsOf(engine, table, classes) : null,
    ),
    open: { engine, files },
    shift: null,
  };
}

function onHoldout(
  prepared: PreparedRows,
  { commonRows = 0 }: ChampionRef,
  { engine, files }: OpenChampion,
): Pick<Champion, 'predictions' | 'comparable' | 'notCompared'> {
  const { holdout, preparation } = prepared;
  const ordered = (predictions: Predictions) =>
    inClassOrder(predictions, engine.preparation.classes, preparation.classes);
  const live = predictFlatRows(compileFlat(engine.model), encodeFeatures(engine.preparation, holdout.table));
  const unseen = unseenByChampion(prepared, heldOutOf(files), live, commonRows);
  if ('reason' in unseen)
    return { predictions: ordered(live), comparable: new Int32Array(0), notCompared: unseen.reason };
  const predictions = ordered(unseen.predictions);
  const { places } = unseen;
  if (places === undefined) return { predictions, comparable: Int32Array.from(holdout.numbers.keys()) };
  const all = ordered(live);
  const values = Float64Array.from(all.values);
  const { outputs } = predictions;
  places.forEach((place, at) => {
    values.set(predictions.values.subarray(at * outputs, (at + 1) * outputs), place * outputs);
  });
  return { predictions: { ...all, values }, comparable: places };
}

/** How the model decides, its costs in the order of `classes`. It never answers a class that it does not know. */
export function ruleInOrder({ preparation, decision }: EngineFile, classes: readonly string[]): DecisionRule {
  const { threshold, costMatrix } = decision;
  if (costMatrix === undefined) return { threshold };
  const places = classes.map((name) => preparation.classes.indexOf(name));
  const never = Math.max(...costMatrix.flat()) + 1;
  const costOf = (truth: number, answer: number) => costMatrix[truth]?.[answer] ?? (answer < 0 ? never : 0);
  return { threshold, costMatrix: places.map((truth) => places.map((answer) => costOf(truth, answer))) };
}

/** What a packed model says of raw rows, its classes in the given order. */
export function predictionsOf(engine: EngineFile, table: Table, classes: readonly string[]): Predictions {
  const features = encodeFeatures(engine.preparation, table);
  return inClassOrder(
    predictFlatRows(compileFlat(engine.model), features),
    engine.preparation.classes,
    classes,
  );
}

/** Whether the table has every column that the model takes. */
export function takes({ preparation: { inputs } }: EngineFile, { columns }: Table): boolean {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return inputs.every(({ name, type }) => types.get(name) === type);
}

/** The champion's probabilities in the candidate's order of classes; a class it does not know gets 0. */
function inClassOrder(
  predictions: Predictions,
  known: readonly string[],
  classes: readonly string[],
): Predictions {
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
