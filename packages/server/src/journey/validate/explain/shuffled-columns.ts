import { seededRandom, shuffle } from '../../../kernel/index.ts';
import type { FeatureMatrix, FeatureSpec, TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';
import { rowLoss } from '../resampling/index.ts';
import type { ColumnImportance } from './explanation.ts';

type Subject = {
  task: ValidatedTask;
  specs: readonly FeatureSpec[];
  features: FeatureMatrix;
  target: TargetVector;
  predict(features: FeatureMatrix): Predictions;
};

/**
 * Permutation importance of each raw column, the most important first: all features of a column are shuffled together,
 * so a date is one column however many features were made of it.
 */
export function shuffledColumns(subject: Subject, shuffles: number, seed: number): ColumnImportance[] {
  const { specs, features } = subject;
  const before = lossOf(subject, features);
  const random = seededRandom(seed);
  const orders = Array.from({ length: shuffles }, () =>
    shuffle(
      Int32Array.from({ length: features.rows }, (_, row) => row),
      random,
    ),
  );
  return [...new Set(specs.map(({ column }) => column))]
    .map((column) => {
      const rises = orders.map((order) => lossOf(subject, withShuffled(subject, column, order)) - before);
      return { column, ...momentsOf(rises) };
    })
    .sort((a, b) => b.rise - a.rise);
}

function withShuffled({ specs, features }: Subject, column: string, order: Int32Array): FeatureMatrix {
  const columns = features.columns.map((values, feature) =>
    specs[feature]!.column === column ? Float32Array.from(order, (row) => values[row]!) : values,
  );
  return { ...features, columns };
}

/** Mean log loss in nats, or RMSE. */
function lossOf({ task, target, predict }: Subject, features: FeatureMatrix): number {
  const losses = rowLoss(task, target, predict(features));
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return task === 'regression' ? Math.sqrt(mean) : mean;
}

function momentsOf(values: readonly number[]): { rise: number; standardDeviation: number } {
  const rise = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - rise) ** 2, 0);
  return { rise, standardDeviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}
