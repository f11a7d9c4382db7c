import { fail, ownValue, type SlipwayError } from '@slipway/contract';
import {
  checkShape,
  encodeValues,
  flattenNested,
  hasOpenRows,
  type Nested,
  sizeOf,
  type Tensor,
  type TensorManifest,
  type TensorSpec,
  type TensorValue,
} from '../../../stages/pack/index.ts';
import { pathOf } from '../../../stages/serve/index.ts';

/**
 * Rows of `{ tensor: value }` as tensors: a value is a number, a text, a boolean, or lists of them as the shape of one row
 * says; rows of one request have one shape. Throws `predict.takes-tensors` for a model whose first axis is not of rows,
 * `predict.unknown-tensor`, `predict.missing-column` and `request.invalid`.
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
  const tensor = Object.keys(row)
    .find((key) => !known.has(key))
    ?.slice(0, 100);
  if (tensor !== undefined)
    throw fail(
      'predict.unknown-tensor',
      { tensor, known: [...known].join(', ') },
      { path: pathOf(path, tensor) },
    );
}

function tensorOfRows(rows: readonly Record<string, unknown>[], spec: TensorSpec): Tensor {
  const { name, type } = spec;
  let shape: number[] | undefined;
  const parts = rows.map((row, i) => {
    const path = `rows[${i}].${name}`;
    const value = ownValue(row, name);
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

function invalid(reason: string, path: string): SlipwayError {
  return fail('request.invalid', { reason }, { path });
}
