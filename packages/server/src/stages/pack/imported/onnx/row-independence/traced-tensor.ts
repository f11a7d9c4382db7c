import { type Dim, fixedDim, hasBatch, isOne, isRowCount } from './dimension.ts';

/** Why a tensor is not proven, and the first node by which it is not. */
export type MixedReason = { operator: string; node: string; reason: string };

/** Items of small whole-number tensors, by which shapes are computed; undefined for one that is the same for all rows but not known. */
export type Items = readonly (Dim | undefined)[];

/**
 * What the analysis knows of a tensor:
 * - `fixed`: it does not depend on the rows, nor on how many there are. `dims` undefined where its rank is not known.
 * - `sizes`: whole numbers that depend on the number of rows alone, by a known formula.
 * - `rows`: along `axis` it is the concatenation of what each row alone would give; no other size depends on the rows.
 * - `mixed`: nothing of this is proven.
 */
export type Traced =
  | { is: 'fixed'; dims: readonly Dim[] | undefined; items: Items | undefined; numbers?: readonly number[] }
  | { is: 'sizes'; dims: readonly Dim[]; items: Items }
  | { is: 'rows'; dims: readonly Dim[]; axis: number }
  | { is: 'mixed'; because: MixedReason };

export type RowsTensor = Extract<Traced, { is: 'rows' }>;

/** Thrown by a rule that cannot prove its outputs. */
export class Unproven extends Error {}

export function fixedTensor(dims?: readonly Dim[], items?: Items): Traced {
  return { is: 'fixed', dims, items };
}

/** Whole numbers of a shape: `sizes` where one of them depends on the rows. */
export function knownTensor(dims: readonly Dim[], items: Items): Traced {
  if (items.some((item) => item !== undefined && hasBatch(item))) return { is: 'sizes', dims, items };
  return { is: 'fixed', dims, items };
}

export function listOf(items: Items): Traced {
  return knownTensor([fixedDim(items.length)], items);
}

/** A tensor with rows on `axis`, or without rows where that is undefined. */
export function tensorOf(dims: readonly Dim[], axis: number | undefined): Traced {
  return axis === undefined ? fixedTensor(dims) : { is: 'rows', dims, axis };
}

/** A tensor of the shape whose slices are all equal: the axis whose size is the number of rows is their axis. */
export function filledTensor(dims: readonly Dim[]): Traced {
  const axes = dims.flatMap((dim, axis) => (hasBatch(dim) ? [axis] : []));
  if (axes.length > 1 || axes.some((axis) => !isRowCount(dims[axis]!)))
    throw new Unproven('makes a tensor whose size is no multiple of the number of rows');
  return tensorOf(dims, axes[0]);
}

/** The shape. Throws {@link Unproven} where not even the rank is known, or nothing is proven of the tensor. */
export function dimsOf(tensor: Traced | undefined): readonly Dim[] {
  if (tensor === undefined) throw new Unproven('lacks an input');
  if (tensor.is === 'mixed') throw new Unproven('takes a tensor that is not proven');
  if (tensor.dims === undefined) throw new Unproven('takes a constant whose shape is not known');
  return tensor.dims;
}

export function axisOf(tensor: Traced | undefined): number | undefined {
  return tensor?.is === 'rows' ? tensor.axis : undefined;
}

/** Whole numbers that are known and do not depend on the rows; undefined where they are not known. */
export function numbersOf(tensor: Traced | undefined): number[] | undefined {
  if (tensor?.is !== 'fixed') return undefined;
  if (tensor.numbers !== undefined) return [...tensor.numbers];
  const numbers = tensor.items?.map((item) => (item?.symbols.length === 0 ? item.factor : undefined));
  return numbers?.every((number) => number !== undefined) ? (numbers as number[]) : undefined;
}

/** Parameters must be the same for all rows. Throws {@link Unproven}. */
export function needFixed(what: string, ...tensors: readonly (Traced | undefined)[]): void {
  const bad = tensors.find((tensor) => tensor !== undefined && tensor.is !== 'fixed');
  if (bad !== undefined) throw new Unproven(`takes ${what} that depends on the rows`);
}

/** Whether a tensor has one value, or an axis of that size is absent or 1: it applies to every row alike. */
export function isBroadcast(dims: readonly Dim[], axisFromRight: number): boolean {
  const dim = dims[dims.length - 1 - axisFromRight];
  return dim === undefined || isOne(dim);
}
