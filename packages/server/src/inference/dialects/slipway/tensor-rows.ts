import { fail, type SlipwayError } from '@slipway/contract';
import {
  checkShape,
  decodeValues,
  encodeValues,
  flattenNested,
  hasOpenRows,
  type Nested,
  nestValues,
  sizeOf,
  type Tensor,
  type TensorManifest,
  type TensorSpec,
  type TensorValue,
} from '../../../journey/pack/index.ts';
import { fromFloat16 } from '../v2/half-floats.ts';

/**
 * Rows of `{ tensor: value }` as tensors: a value is a number, a text, a boolean, or lists of them as the shape of one row
 * says; rows of one request have one shape. Throws `predict.takes-tensors` for a model whose first axis is not of rows,
 * `predict.unknown-column`, `predict.missing-column` and `request.invalid`.
 */
export function tensorsOfRows(
  rows: readonly unknown[],
  manifest: TensorManifest,
  endpoint: string,
): Tensor[] {
  const { inputs, outputs } = manifest;
  if (!hasOpenRows([...inputs, ...outputs])) throw fail('predict.takes-tensors', { name: endpoint });
  const known = new Set(inputs.map(({ name }) => name));
  for (const [i, row] of rows.entries()) checkRow(row, i, known);
  return inputs.map((spec) => tensorOfRows(rows as readonly Record<string, unknown>[], spec));
}

function checkRow(row: unknown, index: number, known: ReadonlySet<string>): void {
  const path = `rows[${index}]`;
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw fail('request.invalid', { reason: 'a row is an object of tensor: value' }, { path });
  const column = Object.keys(row)
    .find((key) => !known.has(key))
    ?.slice(0, 100);
  if (column !== undefined) throw fail('predict.unknown-column', { column }, { path: `${path}.${column}` });
}

function tensorOfRows(rows: readonly Record<string, unknown>[], spec: TensorSpec): Tensor {
  const { name, type } = spec;
  let shape: number[] | undefined;
  const parts = rows.map((row, i) => {
    const path = `rows[${i}].${name}`;
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (value === undefined) throw fail('predict.missing-column', { column: name }, { path });
    const flat = valuesOf(value as Nested, spec, path);
    shape ??= flat.shape;
    if (flat.shape.join() !== shape.join()) throw invalid('rows of one request have one shape', path);
    return encodeValues(type, flat.values, path);
  });
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  return { name, type, shape: [rows.length, ...shape!], bytes };
}

/** One row's values. A row of one value may be that value; fixed sizes may be written as one list. */
function valuesOf(
  value: Nested,
  { name, shape, type }: TensorSpec,
  path: string,
): { shape: number[]; values: TensorValue[] } {
  const inner = shape!.slice(1);
  const fixed = inner.every((size) => typeof size === 'number') ? (inner as number[]) : undefined;
  const flat = flattenNested(value, path);
  const isOneList = fixed !== undefined && flat.shape.length <= 1 && flat.values.length === sizeOf(fixed);
  if (isOneList) return { shape: fixed, values: flat.values };
  checkShape({ name, type, shape: inner }, flat.shape, path);
  return flat;
}

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

function invalid(reason: string, path: string): SlipwayError {
  return fail('request.invalid', { reason }, { path });
}
