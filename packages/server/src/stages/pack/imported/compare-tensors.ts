import { exactJson } from '../../../kernel/index.ts';
import type { Tensor } from './model.ts';
import { decodeValues, type TensorValue } from './tensor-values.ts';

/** Share of the largest value of a tensor by which processors may differ: they add in other orders, and some in halves. */
const TOLERANCE = 1e-3;

/** Where two lists of tensors differ, in words; undefined where they agree. Not a number agrees with itself. */
export function compareTensors(expected: readonly Tensor[], found: readonly Tensor[]): string | undefined {
  if (expected.length !== found.length) return `${found.length} outputs instead of ${expected.length}`;
  for (const [i, tensor] of expected.entries()) {
    const difference = compareTensor(tensor, found[i]!);
    if (difference !== undefined) return `output ${tensor.name} ${difference}`;
  }
  return undefined;
}

function compareTensor(expected: Tensor, found: Tensor): string | undefined {
  const same = Buffer.compare(expected.bytes, found.bytes) === 0;
  if (expected.shape.join() !== found.shape.join() || expected.type !== found.type)
    return `has the shape [${found.shape}] instead of [${expected.shape}]`;
  if (same) return undefined;
  const [wanted, given] = [decodeValues(expected), decodeValues(found)];
  const largest = wanted.reduce<number>((most, value) => Math.max(most, Math.abs(Number(value ?? 0))), 1e-6);
  const at = wanted.findIndex((value, i) => !agrees(value, given[i]!, largest));
  return at < 0 ? undefined : `gives ${exactJson(given[at])} at ${at} instead of ${exactJson(wanted[at])}`;
}

function agrees(wanted: TensorValue, given: TensorValue, largest: number): boolean {
  if (typeof wanted !== 'number' || typeof given !== 'number') return wanted === given;
  return Math.abs(wanted - given) <= TOLERANCE * largest;
}
