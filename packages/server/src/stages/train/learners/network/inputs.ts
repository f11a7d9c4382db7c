import type { FeatureMatrix } from '../../../prepare/index.ts';
import type { DenseInputs } from '../../model.ts';
import { denseWidth, fillDense } from '../../parts/dense-inputs.ts';
import { fitNumbers } from '../dense.ts';
import type { Architecture } from './architecture.ts';

/** The inputs of some rows: the dense numbers row-major, and the code of each category (missing after the last). */
export type InputRows = { numbers: Float32Array; width: number; codes: Int32Array[] };

/** What is learnt of the features before the network is. */
export type InputPlan = { numbers: DenseInputs['numbers']; categories: number[]; levels: number[] };

export function planInputs(features: FeatureMatrix, rows: Int32Array): InputPlan {
  const all = features.columns.map((_, feature) => feature);
  const categories = all.filter((feature) => features.levels[feature]! > 0);
  return {
    numbers: fitNumbers(features, rows),
    categories,
    levels: categories.map((feature) => features.levels[feature]!),
  };
}

export function widthOfNumbers({ numbers }: InputPlan): number {
  return denseWidth({ numbers, categories: [] });
}

export function layOutInputs(plan: InputPlan, features: FeatureMatrix, rows: Int32Array): InputRows {
  const inputs = { numbers: plan.numbers, categories: [] };
  const width = denseWidth(inputs);
  const numbers = new Float32Array(rows.length * width);
  const x = new Float32Array(features.columns.length);
  rows.forEach((row, i) => {
    for (const { feature } of plan.numbers) x[feature] = features.columns[feature]![row]!;
    fillDense(inputs, x, numbers, i * width);
  });
  const codes = plan.categories.map((feature, c) => {
    const column = features.columns[feature]!;
    return Int32Array.from(rows, (row) => (Number.isNaN(column[row]!) ? plan.levels[c]! : column[row]!));
  });
  return { numbers, width, codes };
}

/** Copies the inputs of the given rows of `from` into a matrix [count, architecture.input]. */
export function gather(
  { input, embeddings }: Architecture,
  weights: Float32Array,
  { numbers, width, codes }: InputRows,
  rows: ArrayLike<number>,
  count: number,
  into: Float32Array,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const at = i * input;
    for (let n = 0; n < width; n++) into[at + n] = numbers[row * width + n]!;
    for (let e = 0; e < embeddings.length; e++) {
      const { at: table, width: size, column } = embeddings[e]!;
      const from = table + codes[e]![row]! * size;
      for (let n = 0; n < size; n++) into[at + column + n] = weights[from + n]!;
    }
  }
}

/** Adds the gradients of the embeddings' columns to the rows of their tables. */
export function scatter(
  { input, embeddings }: Architecture,
  { codes }: InputRows,
  rows: ArrayLike<number>,
  count: number,
  gradients: Float32Array,
  into: Float32Array,
): void {
  for (let e = 0; e < embeddings.length; e++) {
    const { at: table, width: size, column } = embeddings[e]!;
    for (let i = 0; i < count; i++) {
      const to = table + codes[e]![rows[i]!]! * size;
      const from = i * input + column;
      for (let n = 0; n < size; n++) into[to + n]! += gradients[from + n]!;
    }
  }
}
