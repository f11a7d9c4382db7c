import { type ClassCosts, type DecisionCosts, fail, type TaskName } from '@slipway/contract';
import { closestName } from '../../kernel/index.ts';
import { type DecisionCosts as BinaryCosts, type CostMatrix, matrixOf } from '../../stages/train/index.ts';

/** Costs as a model of known classes takes them: of two classes, or of several as a matrix. */
export type SettledCosts = {
  costs?: BinaryCosts;
  classCosts?: { matrix: CostMatrix; classes: readonly string[] };
  /** By true and answered class, in the order of the classes, whichever they are. */
  answerCosts?: CostMatrix;
};

/** What of a model decides what costs mean for it. */
export type Classes = {
  task: TaskName;
  target: string;
  /** Binary: [negative, positive]. */
  classes: readonly string[];
};

const CLASSES_SHOWN = 20;

/**
 * Throws `costs.unfit` when a model of the task does not answer by such costs. A task that is not known yet is judged later.
 */
export function refuseCosts(costs: DecisionCosts | undefined, task: TaskName | undefined): void {
  if (costs === undefined || task === undefined || task === 'binary') return;
  const reason =
    task === 'multiclass'
      ? 'fn, fp, tp and tn are of two classes'
      : 'costs decide between classes, and it predicts numbers';
  if (task !== 'multiclass' || !('pairs' in costs))
    throw fail('costs.unfit', { task, reason }, { path: 'costs' });
}

/**
 * The costs that somebody gave, for the classes that the training rows have. Throws `costs.unfit`, `costs.class-missing` for a class that
 * there is none of, and `costs.one-answer` where one answer is always the cheapest.
 *
 * @param isRetraining costs are those of an earlier training: classes that the rows no longer have are left out
 */
export function settleCosts(
  costs: DecisionCosts | undefined,
  of: Classes,
  { isRetraining }: { isRetraining: boolean },
): SettledCosts {
  if (costs === undefined) return {};
  const { task, classes } = of;
  refuseCosts(costs, task);
  if (!('pairs' in costs)) return { costs, answerCosts: matrixOf(costs) };
  if (!isRetraining) refuseUnknown(costs, of);
  const matrix = matrixOfNames(costs, classes);
  refuseOneAnswer(matrix, classes);
  if (task === 'multiclass') return { classCosts: { matrix, classes }, answerCosts: matrix };
  const [[tn, fp], [fn, tp]] = matrix as [[number, number], [number, number]];
  const binary = { fn, fp, tp: 0 - tp, tn: 0 - tn };
  return { costs: binary, answerCosts: matrix };
}

/**
 * Which costs of an earlier training say nothing of these classes, since the rows no longer have one that they name; in a sentence,
 * undefined where all are of use.
 */
export function unusedCosts(
  costs: DecisionCosts | undefined,
  { classes, target }: Pick<Classes, 'classes' | 'target'>,
): string | undefined {
  if (costs === undefined || !('pairs' in costs)) return undefined;
  const isGone = (name: string | undefined) => name !== undefined && !classes.includes(name);
  const unused = costs.pairs.filter(({ truth, predicted }) => isGone(truth) || isGone(predicted));
  if (unused.length === 0) return undefined;
  const gone = new Set(unused.flatMap(({ truth, predicted }) => [truth, predicted].filter(isGone)));
  const pairs = unused.map(({ truth = '*', predicted = '*', cost }) => `${truth}:${predicted}=${cost}`);
  const shown = (names: readonly unknown[]) =>
    names.length > CLASSES_SHOWN
      ? `${names.slice(0, CLASSES_SHOWN).join(', ')} and ${names.length - CLASSES_SHOWN} more`
      : names.join(', ');
  const [which, kept] =
    unused.length === 1
      ? ['One of the costs is', "It stays with the model's training options and counts"]
      : [`${unused.length} of the costs are`, "They stay with the model's training options and count"];
  return `${which} not used: the training rows have no ${gone.size === 1 ? 'class' : 'classes'} ${shown([...gone])} of ${target} (${shown(pairs)}). ${kept} again when such rows come.`;
}

/**
 * What an answer costs by the names of both classes. A pair of classes counts before a true class alone, and that before an answered
 * class alone.
 */
export function costOfAnswer({ pairs, other }: ClassCosts): (truth: string, answer: string) => number {
  const known = new Map(pairs.map(({ truth, predicted, cost }) => [keyOf(truth, predicted), cost]));
  return (truth, answer) => {
    const exact = known.get(keyOf(truth, answer));
    if (exact !== undefined || truth === answer) return exact ?? 0;
    return known.get(keyOf(truth, undefined)) ?? known.get(keyOf(undefined, answer)) ?? other;
  };
}

function keyOf(truth: string | undefined, answer: string | undefined): string {
  return JSON.stringify([truth ?? null, answer ?? null]);
}

function matrixOfNames(costs: ClassCosts, classes: readonly string[]): CostMatrix {
  const costOf = costOfAnswer(costs);
  return classes.map((truth) => classes.map((answer) => costOf(truth, answer)));
}

function refuseUnknown({ pairs }: ClassCosts, { classes, target }: Classes): void {
  const known = new Set(classes);
  for (const [place, { truth, predicted }] of pairs.entries())
    for (const name of [truth, predicted])
      if (name !== undefined && !known.has(name)) {
        const shown = classes.slice(0, CLASSES_SHOWN);
        const details = { class: name, target, nearest: closestName(name, classes)!, known: shown };
        throw fail('costs.class-missing', details, { path: `costs.pairs[${place}]` });
      }
}

function refuseOneAnswer(matrix: CostMatrix, classes: readonly string[]): void {
  const cheapest = classes.findIndex((_, answer) =>
    matrix.every((row) => row.every((cost) => row[answer]! <= cost)),
  );
  if (cheapest !== -1) throw fail('costs.one-answer', { class: classes[cheapest]! }, { path: 'costs' });
}
