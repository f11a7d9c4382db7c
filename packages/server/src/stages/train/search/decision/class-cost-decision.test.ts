import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../../../kernel/index.ts';
import type { CostMatrix } from '../../decision.ts';
import { answeredClasses } from '../../metrics/class-probabilities.ts';
import { METRICS } from '../../metrics/index.ts';
import type { Predictions } from '../../model.ts';
import { classCostDecision, expectedClassCosts } from './class-cost-decision.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Probabilities, truths and costs of a few rows and classes; whole numbers, so that sums are exact. */
const problems = fc.integer({ min: 3, max: 6 }).chain((classes) =>
  fc.record({
    matrix: fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: classes, maxLength: classes }), {
      minLength: classes,
      maxLength: classes,
    }),
    rows: fc.array(
      fc.record({
        weights: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: classes, maxLength: classes }),
        truth: fc.integer({ min: 0, max: classes - 1 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  }),
);

/** Row by column products, as `probabilities @ costs` and `argmin(axis=1)` are in NumPy. */
function leastExpected(shares: readonly number[], matrix: CostMatrix): number {
  const expected = matrix.map((_, answer) =>
    shares.map((share, truth) => share * matrix[truth]![answer]!).reduce((sum, part) => sum + part, 0),
  );
  return expected.indexOf(Math.min(...expected));
}

it('the class of least expected cost is answered, the first of equals, as by brute force', () => {
  fc.assert(
    fc.property(problems, ({ matrix, rows }) => {
      const outputs = matrix.length;
      const predictions: Predictions = {
        rows: rows.length,
        outputs,
        values: Float64Array.from(rows.flatMap(({ weights }) => weights)),
      };
      const answers = answeredClasses(predictions, { threshold: 0.5, costMatrix: matrix });
      expect([...answers]).toEqual(rows.map(({ weights }) => leastExpected(weights, matrix)));
      const target = rows.map(({ truth }) => truth);
      const classes = NAMES.slice(0, outputs);
      const { chosen, mostProbable, always } = expectedClassCosts(target, predictions, { matrix, classes });
      const meanOf = (answer: (row: (typeof rows)[number]) => number) =>
        (1000 * rows.reduce((sum, row) => sum + matrix[row.truth]![answer(row)]!, 0)) / rows.length;
      expect(chosen).toBeCloseTo(
        meanOf(({ weights }) => leastExpected(weights, matrix)),
        9,
      );
      expect(mostProbable).toBeCloseTo(
        meanOf(({ weights }) => weights.indexOf(Math.max(...weights))),
        9,
      );
      const constants = classes.map((_, k) => meanOf(() => k));
      expect(always.cost).toBeCloseTo(Math.min(...constants), 9);
      expect(constants[classes.indexOf(always.class)]).toBeCloseTo(always.cost, 9);
      const metric = METRICS.find(({ id }) => id === 'cost')!;
      const options = { threshold: 0.5, costMatrix: matrix, answerCosts: matrix };
      expect(1000 * metric.compute(Float64Array.from(target), predictions, options)).toBeCloseTo(chosen, 9);
    }),
  );
});

it('equal costs of all wrong answers answer the most probable class', () => {
  const random = seededRandom(3);
  const values = Float64Array.from({ length: 400 }, () => random());
  const predictions = { rows: 100, outputs: 4, values };
  const costMatrix = NAMES.slice(0, 4).map((_, truth) =>
    NAMES.slice(0, 4).map((__, k) => (k === truth ? 0 : 7)),
  );
  expect(answeredClasses(predictions, { threshold: 0.5, costMatrix })).toEqual(
    answeredClasses(predictions, { threshold: 0.5 }),
  );
});

/** Rows that are of each class as often as their probabilities say. */
function calibrated(rows: number) {
  const random = seededRandom(8);
  const values = new Float64Array(3 * rows);
  const target = Float64Array.from({ length: rows }, (_, row) => {
    const weights = [random(), random(), 0.3 * random()];
    const sum = weights.reduce((total, one) => total + one, 0);
    weights.forEach((weight, k) => {
      values[3 * row + k] = weight / sum;
    });
    const drawn = random() * sum;
    return drawn < weights[0]! ? 0 : drawn < weights[0]! + weights[1]! ? 1 : 2;
  });
  return { target, predictions: { rows, outputs: 3, values } };
}

it('where probabilities are true it costs least, and the reason names costs and figures', () => {
  const { target, predictions } = calibrated(4000);
  const matrix = [
    [0, 1, 1],
    [1, 0, 1],
    [1, 20, 0],
  ];
  const decision = classCostDecision(target, predictions, { matrix, classes: ['a', 'b', 'c'] });
  const { chosen, mostProbable, always, rows } = decision.expectedOfClasses!;
  expect(rows).toBe(4000);
  expect(chosen).toBeLessThan(mostProbable);
  expect(chosen).toBeLessThan(always.cost);
  expect(decision).toMatchObject({ by: 'costs', costMatrix: matrix });
  expect(decision.says).toMatch(
    /c answered as b costs 20; each other wrong answer costs 1\. Expected cost per 1,000 rows, on 4,000 out-of-fold predictions: \d/,
  );
});

it('many costs are told dearest first and the rest counted', () => {
  const { target, predictions } = calibrated(50);
  const matrix = [
    [1, 2, 3],
    [4, 0, 5],
    [6, 7, 9],
  ];
  const { says } = classCostDecision(target, predictions, { matrix, classes: ['a', 'b', 'c'] });
  expect(says).toContain('c answered as c, which is right, costs 9; c answered as b costs 7;');
  const same = matrix.map((row, truth) => row.map((_, k) => (k === truth ? 0 : 2)));
  expect(classCostDecision(target, predictions, { matrix: same, classes: ['a', 'b', 'c'] }).says).toContain(
    'Each wrong answer costs 2.',
  );
});
