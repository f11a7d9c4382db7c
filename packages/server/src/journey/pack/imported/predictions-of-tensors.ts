import { fail } from '@slipway/contract';
import { nestValues } from './example-body.ts';
import { sizeOf, type Tensor, type TensorManifest } from './model.ts';
import { decodeValues, type Nested, type TensorValue } from './tensor-values.ts';

/** Every row's answer: `value`, `probabilities` where classes are known, and every output as lists. */
export type TensorPrediction = {
  value: TensorValue;
  score: number;
  probabilities?: Record<string, number>;
  outputs: Record<string, Nested>;
};

/**
 * The answers row by row. Where the graph gives the class itself, that is the value; else the class of the highest score.
 * Throws `model.run-failed` where an output has not one entry for each row.
 */
export function predictionsOfTensors(
  outputs: readonly Tensor[],
  rows: number,
  { classes }: Pick<TensorManifest, 'classes'>,
): TensorPrediction[] {
  const told = outputs.map((output) => {
    const inner = output.shape.slice(1);
    return {
      name: output.name,
      type: output.type,
      inner,
      size: sizeOf(inner),
      values: decodeValues(output),
    };
  });
  const stray = outputs.find(({ shape }) => shape[0] !== rows);
  if (stray !== undefined) throw notOfRows(stray, rows);
  const scores = told.find(
    ({ type, size }) => classes.length > 0 && size === classes.length && type.startsWith('float'),
  );
  const labels = told.find(
    ({ type, size, values }) => size === 1 && !type.startsWith('float') && areLabels(values, classes),
  );
  return Array.from({ length: rows }, (_, row) => {
    const rowOf = ({ values, size }: (typeof told)[number]) => values.slice(row * size, (row + 1) * size);
    const all = Object.fromEntries(told.map((each) => [each.name, nestValues(rowOf(each), each.inner)]));
    if (scores !== undefined) {
      const label = labels && classes.indexOf(String(rowOf(labels)[0]));
      return { ...decided(rowOf(scores) as number[], classes, label), outputs: all };
    }
    const [first] = told;
    const value = first?.size === 1 ? rowOf(first)[0]! : null;
    const score = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
    return { value, score, outputs: all };
  });
}

/** By how much sums in float32 miss: ten thousand trees that each give a share of 1 come to 1.0001. */
const ROUNDING = 1e-3;

/** Whether an output holds the model's own decision: a class for each row. It need not be that of the highest score. */
function areLabels(values: readonly TensorValue[], classes: readonly string[]): boolean {
  const known = new Set(classes);
  return values.every((value) => known.has(String(value)));
}

/** What came out is not of the rows that went in. */
function notOfRows({ name, shape }: Tensor, rows: number): Error {
  return fail('model.run-failed', {
    reason: `its output ${name} has the shape [${shape.join(', ')}] for ${rows} rows, which is no answer for each; call it by POST /v2/models/NAME/infer`,
  });
}

/** The class that the model decided for, or else that of the highest score; of two scores each between 0 and 1 that sum to 1, shares are told as such. */
function decided(
  scores: readonly number[],
  classes: readonly string[],
  label: number | undefined,
): Omit<TensorPrediction, 'outputs'> {
  const top = label ?? scores.reduce((best, score, k) => (score > scores[best]! ? k : best), 0);
  const isShared =
    scores.every((score) => score >= -ROUNDING && score <= 1 + ROUNDING) &&
    Math.abs(scores.reduce((a, b) => a + b, 0) - 1) < ROUNDING;
  const value = { value: classes[top]!, score: scores[top]! };
  if (!isShared) return value;
  return { ...value, probabilities: Object.fromEntries(classes.map((name, k) => [name, scores[k]!])) };
}
