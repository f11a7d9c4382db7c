import type { Clock } from '../../../kernel/index.ts';
import type { TargetVector } from '../../prepare/index.ts';
import {
  type AdditiveModel,
  binFeatures,
  fitTargetUnits,
  inUnits,
  LEARNERS,
  type Learner,
  modelFromUnits,
  rawScores,
  sizeInLeaves,
} from '../../train/index.ts';
import type { Inapplicable, ValidationRows } from '../model.ts';

/** A single booster with more rounds is an average of several. */
const ROUNDS_OF_ONE = 300;
/** Of the student, which early stopping may end before; as many as make it half as large as its teacher. */
const ROUNDS = { least: 20, most: 250 };
/** One row in so many judges when the student has learnt enough. */
const JUDGING_SHARE = 8;
const LEAST_ROWS = 50;
/** Of all outputs together, each of which gets an equal share of what is left: a hundred classes are a hundred boosters. */
const MOST_MS = 5 * 60_000;

/**
 * Teaches one booster what a blend of models says: boosted trees on the blend's scores of the training rows, one set of trees for
 * each output, under the blend's own link. When the time is over, the trees are those that were learnt until then.
 *
 * Bucila, Caruana, Niculescu-Mizil 2006, "Model compression"; Hinton, Vinyals, Dean 2015.
 */
export function distil(
  model: AdditiveModel,
  { features }: Pick<ValidationRows, 'features'>,
  seed: number,
  clock: Clock,
): AdditiveModel | Inapplicable {
  if (!isEnsemble(model)) return { because: 'it is one model already, not a blend of several' };
  const scores = rawScores(model, features);
  const learner: Learner = LEARNERS['boosted-trees'];
  const binned = binFeatures(features);
  const rows = Array.from({ length: features.rows }, (_, row) => row);
  const told = rows.filter((row) =>
    scores.subarray(row * model.outputs, (row + 1) * model.outputs).every(Number.isFinite),
  );
  if (told.length < LEAST_ROWS) return { because: `there are ${told.length} rows to teach by` };
  const validation = Int32Array.from(told.filter((_, at) => at % JUDGING_SHARE === 0));
  const learnt = Int32Array.from(told.filter((_, at) => at % JUDGING_SHARE !== 0));
  const end = clock.monotonic() + MOST_MS;
  const students = Array.from({ length: model.outputs }, (_, output) => {
    const own: TargetVector = Float64Array.from(rows, (row) => scores[row * model.outputs + output]!);
    const units = fitTargetUnits(own);
    const target = units === null ? own : inUnits(own, units);
    const data = { task: 'regression' as const, classes: 0, features, target, binned };
    const params = { ...learner.defaults, rounds: roundsFor(model, Number(learner.defaults.leaves)) };
    const now = clock.monotonic();
    const until = now + (end - now) / (model.outputs - output);
    const shouldStop = () => clock.monotonic() >= until;
    const context = { rows: learnt, validation, seed, shouldStop };
    return modelFromUnits(learner.fit(data, params, context).model, units);
  });
  return {
    ...model,
    base: students.map(({ base }) => base[0]!),
    trees: students.flatMap(({ trees }, output) => trees.map((tree) => ({ ...tree, output }))),
    linear: [],
    parts: [],
  };
}

function roundsFor(model: AdditiveModel, leaves: number): number {
  const half = Math.floor(sizeInLeaves(model) / 2 / leaves / model.outputs);
  return Math.max(ROUNDS.least, Math.min(ROUNDS.most, half));
}

function isEnsemble({ trees, linear, parts, outputs }: AdditiveModel): boolean {
  const kinds = Number(trees.length > 0) + Number(linear.length > 0) + parts.length;
  return kinds > 1 || trees.length > ROUNDS_OF_ONE * outputs;
}
