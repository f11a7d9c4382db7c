import { nestValues } from './example-row.ts';
import { fromFloat16 } from './half-floats.ts';
import { ELEMENT_TYPES, sizeOf, type Tensor, type TensorManifest } from './model.ts';
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
    return { value, score: typeof value === 'number' ? value : 0, outputs: all };
  });
}

/** What a row's answer says besides its outputs. */
export type RowDecision = Omit<TensorPrediction, 'outputs'>;

/**
 * What {@link predictionsOfTensors} says of each row besides the outputs, and the bytes of each output that are the row's, as views:
 * for outputs too large to be made lists of numbers at once.
 */
export function* rowsOfOutputs(
  outputs: readonly Tensor[],
  rows: number,
  manifest: Pick<TensorManifest, 'classes'>,
): Generator<{ decision: RowDecision; outputs: Tensor[] }> {
  const deciding = decidingOutput(outputs, manifest);
  const texts = outputs.map(({ type, bytes }) => (type === 'string' ? textCursor(bytes) : undefined));
  for (let row = 0; row < rows; row++) {
    const own = outputs.map((output, i): Tensor => {
      const { name, type, bytes } = output;
      const shape = output.shape.slice(1);
      const size = sizeOf(shape);
      const each = size * ELEMENT_TYPES[type].bytes;
      const view = texts[i]?.(size) ?? bytes.subarray(row * each, (row + 1) * each);
      return { name, type, shape, bytes: view };
    });
    yield { decision: decisionOf(own[deciding], manifest), outputs: own };
  }
}

/** The place of the output that decides: the scores of the classes, or the first if it is one value a row; -1 for none. */
function decidingOutput(outputs: readonly Tensor[], { classes }: Pick<TensorManifest, 'classes'>): number {
  const sizes = outputs.map(({ shape }) => sizeOf(shape.slice(1)));
  const scores = outputs.findIndex(
    ({ type }, i) => classes.length > 0 && sizes[i] === classes.length && type.startsWith('float'),
  );
  return scores < 0 && sizes[0] === 1 ? 0 : scores;
}

/** @param output the row's part of the output that decides */
function decisionOf(output: Tensor | undefined, manifest: Pick<TensorManifest, 'classes'>): RowDecision {
  if (output === undefined) return { value: null, score: 0 };
  const one = { ...output, shape: [1, ...output.shape] };
  const { outputs: _, ...decision } = predictionsOfTensors([one], 1, manifest)[0]!;
  return decision;
}

/** Gives the bytes of the next texts of a string tensor. */
function textCursor(bytes: Uint8Array): (count: number) => Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return (count) => {
    const from = at;
    for (let i = 0; i < count; i++) at += 4 + view.getUint32(at, true);
    return bytes.subarray(from, at);
  };
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
