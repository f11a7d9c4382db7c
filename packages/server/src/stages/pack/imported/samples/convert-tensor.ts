import type { SlipwayError } from '@slipway/contract';
import { type Dimension, sizeOf, type Tensor, type TensorSpec } from '../model.ts';
import { decodeValues, encodeValues } from '../tensor-values.ts';

/**
 * The tensor in the type that the model takes: numpy makes float64 where nobody asked. Also gives images of one channel the
 * axis that they lack, when the sizes leave no doubt. Throws what `refused` makes.
 */
export function convertTensor(
  spec: TensorSpec,
  tensor: Tensor,
  refused: (reason: string) => SlipwayError,
): Tensor {
  const shape = shapeFor(spec, tensor.shape);
  if (shape === undefined)
    throw refused(
      `${spec.name} has the shape [${tensor.shape}], and the model takes [${spec.shape?.join(', ')}]`,
    );
  if (spec.type === tensor.type) return { ...tensor, name: spec.name, shape };
  const isNumeric = spec.type !== 'string' && tensor.type !== 'string' && tensor.type !== 'float16';
  if (!isNumeric || spec.type === 'float16')
    throw refused(`${spec.name} is of the type ${tensor.type}, and the model takes ${spec.type}`);
  const values = decodeValues(tensor).map((value) => (typeof value === 'boolean' ? Number(value) : value));
  const asked = spec.type === 'bool' ? values.map(Boolean) : values;
  return { name: spec.name, type: spec.type, shape, bytes: encodeValues(spec.type, asked, spec.name) };
}

/** The rows of what is given, each in the shape that the model takes; undefined where the sizes differ. */
function shapeFor({ shape }: TensorSpec, given: readonly number[]): number[] | undefined {
  if (shape === null) return [...given];
  if (fits(shape.slice(1), given.slice(1)) && shape.length === given.length) return [...given];
  const row = shape.slice(1);
  if (row.some((size) => typeof size !== 'number')) return undefined;
  const wanted = sizeOf(row as number[]);
  return sizeOf(given.slice(1)) === wanted ? [given[0] ?? 0, ...(row as number[])] : undefined;
}

function fits(wanted: readonly Dimension[], given: readonly number[]): boolean {
  return (
    wanted.length === given.length &&
    wanted.every((size, at) => typeof size === 'string' || size === given[at])
  );
}
