import { nestValues } from './example-row.ts';
import { fromFloat16 } from './half-floats.ts';
import { sizeOf, type Tensor, type TensorManifest } from './model.ts';
import { decodeValues, type Nested, type TensorValue } from './tensor-values.ts';

/** Every row's answer: `value`, `probabilities` where classes are known, and every output as lists. */
export type TensorPrediction = {
  value: TensorValue;
  score: number;
  probabilities?: Record<string, number>;
  outputs: Record<string, Nested>;
};

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
      values: valuesOfOutput(output),
    };
  });
  const scores = told.find(
    ({ type, size }) => classes.length > 0 && size === classes.length && type.startsWith('float'),
  );
  return Array.from({ length: rows }, (_, row) => {
    const rowOf = ({ values, size }: (typeof told)[number]) => values.slice(row * size, (row + 1) * size);
    const all = Object.fromEntries(told.map((each) => [each.name, nestValues(rowOf(each), each.inner)]));
    if (scores !== undefined) return { ...decided(rowOf(scores) as number[], classes), outputs: all };
    const [first] = told;
    const value = first?.size === 1 ? rowOf(first)[0]! : null;
    const score = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
    return { value, score, outputs: all };
  });
}

/** The class of the highest score; of two scores each between 0 and 1 that sum to 1, shares are told as such. */
function decided(scores: readonly number[], classes: readonly string[]): Omit<TensorPrediction, 'outputs'> {
  let top = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k]! > scores[top]!) top = k;
  const isShared =
    scores.every((score) => score >= 0 && score <= 1) &&
    Math.abs(scores.reduce((a, b) => a + b, 0) - 1) < 1e-3;
  const value = { value: classes[top]!, score: scores[top]! };
  if (!isShared) return value;
  return { ...value, probabilities: Object.fromEntries(classes.map((name, k) => [name, scores[k]!])) };
}

function valuesOfOutput(output: Tensor): TensorValue[] {
  if (output.type !== 'float16') return decodeValues(output);
  const view = new DataView(output.bytes.buffer, output.bytes.byteOffset, output.bytes.byteLength);
  return Array.from({ length: sizeOf(output.shape) }, (_, i) => fromFloat16(view.getUint16(i * 2, true)));
}
