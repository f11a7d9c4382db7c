import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { OBJECTIVE_IDS, type ObjectiveId, objectiveFor, weightedQuantile } from './index.ts';

const PARAMS = { alpha: 0.3, huberDelta: 0.7, tweediePower: 1.4 };
const ROWS = 40;
const CLASSES = 3;
const random = seededRandom(5);
const rows = Int32Array.from({ length: ROWS }, (_, row) => row);
const weights = Float64Array.from(rows, () => 0.5 + random());

/** An objective with a target that it allows, away from where its loss has a corner. */
function sample(id: ObjectiveId) {
  const task = id === 'logistic' ? 'binary' : id === 'softmax' ? 'multiclass' : 'regression';
  const objective = objectiveFor(task, id, PARAMS)!;
  const outputs = id === 'softmax' ? CLASSES : 1;
  const draw = {
    binary: () => Math.round(random()),
    multiclass: () => Math.floor(random() * CLASSES),
    regression: () => 0.2 + 3 * random(),
  };
  const target = Float64Array.from(rows, draw[task]);
  const margins = Float64Array.from({ length: ROWS * outputs }, () => 2 * random() - 1);
  return { objective, outputs, target, margins };
}

/** Losses whose second derivative is nought or is replaced by something safer on purpose. */
const OWN_HESSIAN: readonly string[] = ['absolute-error', 'quantile', 'huber', 'poisson', 'softmax'];

describe.each(OBJECTIVE_IDS)('the objective %s', (id) => {
  test('has the derivatives of its loss, weights in them', () => {
    const { objective, outputs, target, margins } = sample(id);
    const [gradients, hessians] = [0, 1].map(() =>
      Array.from({ length: outputs }, () => new Float32Array(ROWS)),
    ) as [Float32Array[], Float32Array[]];
    objective.derivatives(margins, target, weights, rows, gradients, hessians);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const lossAt = (at: number, step: number) => {
      const moved = margins.slice();
      moved[at]! += step;
      return total * objective.loss(moved, target, weights, rows, outputs);
    };
    const h = 1e-4;
    margins.forEach((_, at) => {
      const [row, output] = [Math.floor(at / outputs), at % outputs];
      const [below, here, above] = [lossAt(at, -h), lossAt(at, 0), lossAt(at, h)];
      expect(gradients[output]![row]).toBeCloseTo((above - below) / (2 * h), 3);
      if (!OWN_HESSIAN.includes(id))
        expect(hessians[output]![row]).toBeCloseTo((above - 2 * here + below) / h ** 2, 2);
    });
  });

  test('starts from the best constant', () => {
    const { objective, outputs, target } = sample(id);
    const base = objective.base(target, weights, rows, outputs);
    const lossOf = (step: number) => {
      const margins = Float64Array.from(
        { length: ROWS * outputs },
        (_, i) => base[i % outputs]! + (i % outputs === 0 ? step : 0),
      );
      return objective.loss(margins, target, weights, rows, outputs);
    };
    // The start of huber is the median, which is near its best constant but not the same.
    const slack = id === 'huber' ? 0.02 : 1e-9;
    for (const step of [-0.3, -0.01, 0.01, 0.3])
      expect(lossOf(step)).toBeGreaterThanOrEqual(lossOf(0) - slack);
  });
});

test('a weighted quantile is that of rows repeated as often as they weigh', () => {
  const values = Float64Array.of(5, 1, 4, 2, 8);
  const times = Float64Array.of(1, 3, 2, 1, 4);
  const repeated = [...values].flatMap((value, i) => new Array<number>(times[i]!).fill(value));
  const few = Int32Array.from(values.keys());
  const many = Int32Array.from(repeated.keys());
  for (const alpha of [0.05, 0.25, 0.5, 0.9]) {
    const weighted = weightedQuantile(few, (row) => values[row]!, times, alpha);
    expect(weighted).toBeCloseTo(
      weightedQuantile(many, (row) => repeated[row]!, undefined, alpha),
      9,
    );
  }
});
