import type { CostMatrix, ExpectedClassCosts, ThresholdDecision } from '../../decision.ts';
import { answeredClasses } from '../../metrics/class-probabilities.ts';
import type { Predictions } from '../../model.ts';

/** Pairs of classes whose costs are told; the rest are counted. */
const MOST_TOLD = 8;

/** What answers of several classes cost, with the names of the classes in their order. */
export type ClassCostMatrix = { matrix: CostMatrix; classes: readonly string[] };

/** Mean cost per 1,000 rows of answering by least expected cost, and of simpler ways of answering. */
export function expectedClassCosts(
  target: ArrayLike<number>,
  predictions: Predictions,
  { matrix, classes }: ClassCostMatrix,
): ExpectedClassCosts {
  const { rows } = predictions;
  const meanOf = (answerOf: (row: number) => number) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += matrix[target[row]!]![answerOf(row)]!;
    return (1000 * sum) / rows;
  };
  const chosen = answeredClasses(predictions, { threshold: 0.5, costMatrix: matrix });
  const probable = answeredClasses(predictions, { threshold: 0.5 });
  const constant = classes.map((name, k) => ({ class: name, cost: meanOf(() => k) }));
  return {
    chosen: meanOf((row) => chosen[row]!),
    mostProbable: meanOf((row) => probable[row]!),
    always: constant.reduce((least, one) => (one.cost < least.cost ? one : least)),
  };
}

/** The decision by costs, and what it costs on the out-of-fold predictions of the training rows. */
export function classCostDecision(
  target: ArrayLike<number>,
  predictions: Predictions,
  costs: ClassCostMatrix,
): ThresholdDecision {
  const expected = expectedClassCosts(target, predictions, costs);
  const { chosen, mostProbable, always } = expected;
  const rows = predictions.rows;
  return {
    threshold: 0.5,
    by: 'costs',
    says: `The class of least expected cost is answered: for each answer, what it costs on a row of each class, weighted by the probability of that class. That need not be the most probable class. ${costsInWords(costs)} Expected cost per 1,000 rows, on ${rows.toLocaleString('en')} out-of-fold predictions: ${show(chosen)}; always the most probable class ${show(mostProbable)}, always ${always.class} ${show(always.cost)}.`,
    costMatrix: costs.matrix,
    expectedOfClasses: { ...expected, rows },
  };
}

/** The cost that most wrong answers have, and those that differ from it, dearest first. */
function costsInWords({ matrix, classes }: ClassCostMatrix): string {
  const cells = matrix.flatMap((row, truth) => row.map((cost, answer) => ({ truth, answer, cost })));
  const wrong = cells.filter(({ truth, answer }) => truth !== answer);
  const usual = mostFrequent(wrong.map(({ cost }) => cost));
  const named = cells
    .filter(({ truth, answer, cost }) => cost !== (truth === answer ? 0 : usual))
    .toSorted((a, b) => b.cost - a.cost);
  const told = named.slice(0, MOST_TOLD).map(({ truth, answer, cost }) => {
    const right = truth === answer ? ', which is right,' : '';
    return `${classes[truth]} answered as ${classes[answer]}${right} costs ${show(cost)}`;
  });
  const more = named.length > told.length ? `, and ${named.length - told.length} more` : '';
  const others = `${told.length === 0 ? 'Each wrong answer' : 'each other wrong answer'} costs ${show(usual)}`;
  return told.length === 0 ? `${others}.` : `${told.join('; ')}${more}; ${others}.`;
}

function mostFrequent(costs: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const cost of costs) counts.set(cost, (counts.get(cost) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/** Four significant digits. */
function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}
