import { compileFlat, predictFlatRows } from '../../journey/optimize/index.ts';
import {
  type BundleFiles,
  decodeEngineFile,
  type EngineFile,
  heldOutOf,
  isRefitted,
} from '../../journey/pack/index.ts';
import { encodeFeatures } from '../../journey/prepare/index.ts';
import type { Predictions } from '../../journey/train/index.ts';
import type { ShiftReport } from '../../journey/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput } from '../model.ts';
import type { PreparedRows } from './prepare-rows.ts';

/** The champion beside a candidate. */
export type Champion = {
  version: number;
  threshold: number;
  /** What it predicts for the hold-out rows, its classes in the candidate's order. */
  predictions: Predictions;
  /**
   * Places in the hold-out that candidate and champion are compared on, ascending. A champion that was refitted has learnt
   * from the rows of its own hold-out, but for those whose predictions of before it kept.
   */
  comparable: Int32Array;
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
  const { version } = input.champion;
  const { predictions, comparable } = onHoldout(prepared, input, { engine, files });
  const { threshold } = engine.decision;
  return { version, threshold, predictions, comparable, open: { engine, files }, shift: null };
}

function onHoldout(
  prepared: PreparedRows,
  { champion }: CandidateInput,
  { engine, files }: OpenChampion,
): Pick<Champion, 'predictions' | 'comparable'> {
  const { holdout, growth } = prepared;
  const now = predictRows(engine, prepared, holdout.table);
  const places = Int32Array.from(holdout.numbers.keys());
  const held = heldOutOf(files);
  if (!isRefitted(held) || champion?.known == null) return { predictions: now, comparable: places };
  const before = inClassOrder(held.predictions, held.classes, prepared.preparation.classes);
  const placeOf = new Map(Array.from(held.rows, (row, place) => [row, place]));
  const later = new Set(growth?.holdout.recent);
  const values = Float64Array.from(now.values);
  const comparable = places.filter((place) => {
    if (later.has(place)) return true;
    const kept = placeOf.get(holdout.numbers[place]!);
    if (kept === undefined) return false;
    const { outputs } = before;
    values.set(before.values.subarray(kept * outputs, (kept + 1) * outputs), place * outputs);
    return true;
  });
  return { predictions: { ...now, values }, comparable };
}

/** The champion's predictions of raw rows, its classes in the candidate's order. */
export function predictRows(
  engine: EngineFile,
  { preparation }: Pick<PreparedRows, 'preparation'>,
  table: PreparedRows['holdout']['table'],
): Predictions {
  const features = encodeFeatures(engine.preparation, table);
  const predictions = predictFlatRows(compileFlat(engine.model), features);
  return inClassOrder(predictions, engine.preparation.classes, preparation.classes);
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
