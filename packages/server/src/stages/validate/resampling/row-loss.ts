import type { TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';

const SMALLEST = 2 ** -52;

/** The loss of each row: log loss in nats for classes, squared error for numbers. */
export function rowLoss(task: ValidatedTask, target: TargetVector, predictions: Predictions): Float64Array {
  const { outputs, values } = predictions;
  if (task === 'regression') return target.map((truth, row) => (truth - values[row]!) ** 2);
  return target.map((truth, row) => {
    const stated =
      outputs > 1 ? values[row * outputs + truth]! : truth === 1 ? values[row]! : 1 - values[row]!;
    return -Math.log(Math.min(1 - SMALLEST, Math.max(SMALLEST, stated)));
  });
}
