import { seededRandom } from '../kernel/index.ts';
import type { FeatureMatrix } from '../stages/prepare/index.ts';
import { binFeatures, type LearnerData, type TrainingData } from '../stages/train/index.ts';

/** Features from columns; `levels` names the categorical ones by index. */
export function matrixOf(
  columns: (readonly number[] | Float32Array)[],
  levels: Record<number, number> = {},
): FeatureMatrix {
  return {
    rows: columns[0]!.length,
    columns: columns.map((column) => Float32Array.from(column)),
    levels: Int32Array.from(columns, (_, f) => levels[f] ?? 0),
  };
}

/**
 * Rows with two numbers (the first missing in a tenth of the rows), a category of six levels and a number that means
 * nothing; `signal` says what the rest adds up to.
 */
export function sampleRows(rows: number, seed: number): { features: FeatureMatrix; signal: Float64Array } {
  const random = seededRandom(seed);
  const signal = new Float64Array(rows);
  const columns = [0, 1, 2, 3].map(() => new Float32Array(rows));
  for (let row = 0; row < rows; row++) {
    const [a, b, noise] = [random() * 4 - 2, random() * 4 - 2, random()];
    const category = Math.floor(random() * 6);
    const missing = random() < 0.1;
    columns[0]![row] = missing ? Number.NaN : a;
    columns[1]![row] = b;
    columns[2]![row] = category;
    columns[3]![row] = noise;
    signal[row] = (missing ? 1.5 : a) + Math.sin(2 * b) + [2, -1, 0, 1, -2, 0][category]!;
  }
  return { features: matrixOf(columns, { 2: 6 }), signal };
}

/** Training data of the task over {@link sampleRows}. */
export function sampleData(task: TrainingData['task'], rows: number, seed = 1): LearnerData {
  const { features, signal } = sampleRows(rows, seed);
  const random = seededRandom(seed + 1);
  const draw: Record<TrainingData['task'], (value: number) => number> = {
    binary: (value) => (random() < 1 / (1 + Math.exp(-2 * value)) ? 1 : 0),
    multiclass: (value) => Math.max(0, Math.min(2, Math.round(1 + value / 2 + random() - 0.5))),
    regression: (value) => 10 + 3 * value + random() - 0.5,
  };
  const classes = { binary: 2, multiclass: 3, regression: 0 }[task];
  const target = signal.map(draw[task]);
  return { task, classes, features, target, binned: binFeatures(features) };
}

/** Every third row to judge by, the others to learn from. */
export function thirds(rows: number): { rows: Int32Array; validation: Int32Array } {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return { rows: all.filter((row) => row % 3 > 0), validation: all.filter((row) => row % 3 === 0) };
}

/** Some rows of a matrix, in that order. */
export function rowsOf(features: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  const columns = features.columns.map((column) => Float32Array.from(rows, (row) => column[row]!));
  return { rows: rows.length, columns, levels: features.levels };
}
