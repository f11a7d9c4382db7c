import { fail, ownValue } from '@slipway/contract';
import { sizeOf, type Tensor, type TensorSpec } from './model.ts';
import { encodeValues, flattenNested, type Nested } from './tensor-values.ts';

/** An input by hand: for each tensor its values as nested lists. */
export type ExampleInput = Record<string, Nested>;

/**
 * The example as tensors. Throws `request.invalid` where it does not fit what the graph says it takes: a missing or unknown
 * tensor, another number of axes, another fixed size, a value of another type.
 */
export function exampleTensors(specs: readonly TensorSpec[], example: ExampleInput): Tensor[] {
  const unknown = Object.keys(example).find((name) => specs.every((spec) => spec.name !== name));
  if (unknown !== undefined) throw unfit(`the model takes no tensor "${unknown}"`, 'example');
  return specs.map((spec) => {
    const { name, type } = spec;
    const path = `example[${JSON.stringify(name)}]`;
    const nested = ownValue(example, name);
    if (nested === undefined) throw unfit(`the model takes a tensor "${name}"`, path);
    const { shape, values } = flattenNested(nested, path);
    checkShape(spec, shape, path);
    return { name, type, shape, bytes: encodeValues(type, values, path) };
  });
}

/** Throws `request.invalid` unless a tensor of the shape is one that `spec` takes. */
export function checkShape(
  { name, shape: wanted }: TensorSpec,
  shape: readonly number[],
  path: string,
): void {
  if (wanted === null) return;
  const fits =
    wanted.length === shape.length &&
    wanted.every((size, axis) => typeof size === 'string' || size === shape[axis]) &&
    Number.isSafeInteger(sizeOf(shape));
  if (fits) return;
  const says = wanted.map((size) => (typeof size === 'number' ? size : size || '?')).join(', ');
  throw unfit(`"${name}" takes the shape [${says}], not [${shape.join(', ')}]`, path);
}

function unfit(reason: string, path: string): Error {
  return fail('request.invalid', { reason }, { path });
}
