import { seededRandom, shuffle } from '../../../kernel/index.ts';
import { type Table, takeRows } from '../../ingest/index.ts';
import {
  columnsOf,
  encodeFeatures,
  type FeatureMatrix,
  type FeatureSpec,
  type TargetVector,
} from '../../prepare/index.ts';
import type { Predictions } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';
import { rowLoss } from '../resampling/index.ts';
import type { ColumnImportance } from './explanation.ts';

type Subject = {
  task: ValidatedTask;
  specs: readonly FeatureSpec[];
  /** The rows, raw. */
  table: Table;
  target: TargetVector;
  predict(features: FeatureMatrix): Predictions;
};

/**
 * Permutation importance of each raw column, the most important first: all features of a column are shuffled together,
 * so a date is one column however many features were made of it, and what was made of two columns is made anew.
 */
export function shuffledColumns(subject: Subject, shuffles: number, seed: number): ColumnImportance[] {
  const { specs, table } = subject;
  const features = encodeFeatures({ features: [...specs] }, table);
  const before = lossOf(subject, features);
  const random = seededRandom(seed);
  const orders = Array.from({ length: shuffles }, () =>
    shuffle(
      Int32Array.from({ length: features.rows }, (_, row) => row),
      random,
    ),
  );
  return [...new Set(specs.flatMap(columnsOf))]
    .map((column) => {
      const rises = orders.map(
        (order) => lossOf(subject, withShuffled(subject, features, column, order)) - before,
      );
      return { column, ...momentsOf(rises) };
    })
    .sort((a, b) => b.rise - a.rise);
}

function withShuffled(
  { specs, table }: Subject,
  features: FeatureMatrix,
  column: string,
  order: Int32Array,
): FeatureMatrix {
  const columns = features.columns.map((values, feature) => {
    const of = columnsOf(specs[feature]!);
    if (!of.includes(column)) return values;
    if (of.length === 1) return Float32Array.from(order, (row) => values[row]!);
    return encodeFeatures({ features: [specs[feature]!] }, shuffled(table, column, order)).columns[0]!;
  });
  return { ...features, columns };
}

function shuffled(table: Table, name: string, order: Int32Array): Table {
  const columns = table.columns.map((column) =>
    column.name === name ? takeRows({ rows: table.rows, columns: [column] }, order).columns[0]! : column,
  );
  return { rows: table.rows, columns };
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
