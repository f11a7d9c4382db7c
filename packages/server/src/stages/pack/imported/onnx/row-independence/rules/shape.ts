import {
  type Dim,
  fixedDim,
  hasBatch,
  isOne,
  isRowCount,
  isSame,
  ONE,
  over,
  plus,
  sizeOfDim,
  times,
} from '../dimension.ts';
import { axisWithin, type Operation, type Rule } from '../operation.ts';
import {
  axisOf,
  dimsOf,
  filledTensor,
  fixedTensor,
  type Items,
  knownTensor,
  listOf,
  needFixed,
  type Traced,
  tensorOf,
  Unproven,
} from '../traced-tensor.ts';

/** Operators that give the values of a tensor another shape, or ask for its shape. */

const shape: Rule = (operation) => {
  const [tensor] = operation.inputs;
  if (tensor?.is === 'fixed' && tensor.dims === undefined) return fixedTensor();
  const dims = dimsOf(tensor);
  const start = clamp(operation.int('start', 0), dims.length);
  const end = operation.has('end') ? clamp(operation.int('end', 0), dims.length) : dims.length;
  return listOf(dims.slice(start, Math.max(start, end)).map((dim) => times(dim)));
};

function clamp(at: number, length: number): number {
  return Math.min(length, Math.max(0, at < 0 ? at + length : at));
}

/** What a tensor knows of its own values, as shapes are made of. */
export function itemsOf(tensor: Traced | undefined): Items | undefined {
  if (tensor?.is === 'sizes') return tensor.items;
  return tensor?.is === 'fixed' && tensor.numbers === undefined ? tensor.items : undefined;
}

/** The sizes that an input holds. Throws {@link Unproven} where they depend on the rows otherwise than by their number. */
function wantedSizes(operation: Operation, input: number): Items | undefined {
  const tensor = operation.inputs[input];
  if (tensor?.is === 'rows') throw new Unproven('takes a shape that depends on the rows');
  return itemsOf(tensor);
}

const reshape: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const attribute = operation.ints('shape')?.map((size): Dim => fixedDim(size));
  const wanted = attribute ?? wantedSizes(operation, 1);
  if (wanted === undefined) {
    if (tensor?.is === 'fixed') return fixedTensor();
    throw new Unproven('takes a shape that is not known before it runs');
  }
  if (tensor?.is === 'fixed' && tensor.dims === undefined) return fixedTensor();
  const dims = dimsOf(tensor);
  const isZeroKept = operation.int('allowzero', 0) !== 0;
  const target = wanted.map((size, at): Dim | undefined => {
    if (size === undefined) return operation.fresh();
    if (sizeOfDim(size) === 0 && !isZeroKept) return dims[at];
    return sizeOfDim(size) === -1 ? undefined : size;
  });
  const items = itemsOf(tensor);
  if (items !== undefined && target.length <= 1)
    return knownTensor(target.length === 0 ? [] : [fixedDim(items.length)], items);
  return reshaped(tensor!, inferred(dims, target, operation));
};

/** The shape with the one size that is left to be inferred. */
function inferred(dims: readonly Dim[], target: readonly (Dim | undefined)[], operation: Operation): Dim[] {
  const known = target.filter((size) => size !== undefined);
  const missing = target.length - known.length;
  if (missing === 0) return known;
  const rest = over(times(...dims), times(...known));
  if (missing === 1 && rest !== undefined) return target.map((size) => size ?? rest);
  const isOpen = dims.some(hasBatch) && !known.some(hasBatch);
  if (missing > 1 || isOpen) throw new Unproven('may put values of several rows into one');
  return target.map((size) => size ?? operation.fresh());
}

/**
 * Values stay in their order: those before the rows, the rows, those behind. The rows stay apart where an axis of the new shape
 * begins before them or with them, and none begins within all that lies before.
 */
function reshaped(tensor: Traced, target: readonly Dim[]): Traced {
  if (tensor.is === 'fixed') return filledFixed(tensor, target);
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  if (axis === undefined) throw new Unproven('computes with the number of rows');
  const isEmpty = [...dims, ...target].some(({ factor }) => factor === 0);
  const before = times(...dims.slice(0, axis), dims[axis]!.outer ?? ONE);
  const at = target.findIndex(hasBatch);
  if (at >= 0 && !isEmpty && target.filter(hasBatch).length === 1) {
    const outer = over(before, times(...target.slice(0, at)));
    const rows = outer && over(target[at]!, outer);
    if (rows !== undefined && isRowCount(rows))
      return tensorOf(target.with(at, isOne(outer!) ? rows : { ...times(target[at]!), outer: outer! }), at);
  }
  throw new Unproven('may put values of several rows into one');
}

function filledFixed(tensor: Traced, target: readonly Dim[]): Traced {
  if (target.some(hasBatch)) throw new Unproven('spreads a constant over rows');
  return tensor.is === 'fixed' ? fixedTensor(target) : tensor;
}

const flatten: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const axis = clamp(operation.int('axis', 1), dims.length);
  return reshaped(tensor!, [times(ONE, ...dims.slice(0, axis)), times(ONE, ...dims.slice(axis))]);
};

const squeeze: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  const named = operation.wholeNumbers('axes', 1);
  if (named === undefined && dims.some((dim) => sizeOfDim(dim) === undefined))
    throw new Unproven('drops every axis of size 1, that of a single row too');
  const axes =
    named?.map((each) => axisWithin(each, dims.length)) ??
    dims.flatMap((dim, at) => (isOne(dim) ? [at] : []));
  if (axis !== undefined && axes.includes(axis)) throw new Unproven('drops the axis of the rows');
  const items = itemsOf(tensor);
  if (items !== undefined) return knownTensor([], items);
  const left = dims.filter((_, at) => !axes.includes(at));
  return tensorOf(left, axis === undefined ? undefined : axis - axes.filter((each) => each < axis).length);
};

const unsqueeze: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const items = itemsOf(tensor);
  const dims = dimsOf(tensor);
  const axes = operation.wholeNumbers('axes', 1) ?? [];
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((each) => axisWithin(each, rank)));
  if (items !== undefined && rank <= 1) return listOf(items);
  const rest = [...dims];
  const axis = axisOf(tensor);
  if (axis === undefined && tensor?.is === 'sizes') throw new Unproven('computes with the number of rows');
  let at = -1;
  const places: number[] = [];
  const widened = Array.from({ length: rank }, (_, place) => {
    if (added.has(place)) return ONE;
    places.push(place);
    return rest[++at]!;
  });
  return tensorOf(widened, axis === undefined ? undefined : places[axis]);
};

const transpose: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  if (tensor?.is === 'sizes') return tensor;
  const order = operation.ints('perm') ?? dims.map((_, at) => dims.length - 1 - at);
  if (order.length !== dims.length || order.some((at) => dims[at] === undefined))
    throw new Unproven('names other axes than there are');
  const axis = axisOf(tensor);
  return tensorOf(
    order.map((at) => dims[at]!),
    axis === undefined ? undefined : order.indexOf(axis),
  );
};

const concat: Rule = (operation) => {
  const { inputs } = operation;
  const lists = inputs.map(itemsOf);
  const shapes = inputs.map(dimsOf);
  const rank = shapes[0]!.length;
  if (lists.every((items) => items !== undefined) && rank === 1)
    return listOf(lists.flatMap((items) => items!));
  if (inputs.some((tensor) => tensor?.is === 'sizes')) throw new Unproven('computes with the number of rows');
  const joined = operation.axis('axis', 1, rank);
  const axes = inputs.map(axisOf);
  const axis = axes.find((each) => each !== undefined);
  if (axis === joined) throw new Unproven('joins tensors along the axis of the rows');
  const [rows] = axis === undefined ? [] : shapes.map((dims) => dims[axis]!);
  const isEven = axes.every(
    (each, i) => each === axis && (axis === undefined || isSame(shapes[i]![axis]!, rows!)),
  );
  if (!isEven) throw new Unproven('joins tensors whose rows are not the same');
  const dims = shapes[0]!.map((dim, at) => {
    if (at !== joined) return dim;
    const sum = shapes.reduce<Dim | undefined>((total, each) => total && plus(total, each[at]!), fixedDim(0));
    return sum ?? operation.fresh();
  });
  return tensorOf(dims, axis);
};

/** Rows of one constant slice each: what is spread over the number of rows has them on that axis. */
const expand: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const wanted = wantedSizes(operation, 1);
  if (wanted === undefined) {
    if (tensor?.is === 'fixed') return fixedTensor();
    throw new Unproven('takes a shape that is not known before it runs');
  }
  if (tensor?.is === 'sizes') throw new Unproven('computes with the number of rows');
  const dims = dimsOf(tensor);
  const rank = Math.max(dims.length, wanted.length);
  const target = Array.from({ length: rank }, (_, at) => {
    const own = dims[at - (rank - dims.length)] ?? ONE;
    const other = at < rank - wanted.length ? ONE : wanted[at - (rank - wanted.length)];
    if (other === undefined) return isOne(own) ? operation.fresh() : own;
    if (isOne(other) || isSame(own, other)) return own;
    if (isOne(own)) return other;
    if (hasBatch(own) || hasBatch(other)) throw new Unproven('spreads rows over other rows');
    return [own, other].find((dim) => sizeOfDim(dim) !== undefined) ?? operation.fresh();
  });
  const axis = axisOf(tensor);
  if (axis === undefined) return filledTensor(target);
  const at = axis + rank - dims.length;
  if (target.some((dim, place) => place !== at && hasBatch(dim)))
    throw new Unproven('spreads each row over all rows');
  return tensorOf(target, at);
};

const tile: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const repeats = wantedSizes(operation, 1);
  const axis = axisOf(tensor);
  if (repeats?.length !== dims.length) {
    if (axis === undefined) return fixedTensor();
    throw new Unproven('takes repeats that are not known before it runs');
  }
  const tiled = dims.map((dim, at) => {
    const often = repeats[at];
    if (often === undefined && at === axis) throw new Unproven('may repeat the rows');
    if (often !== undefined && isOne(often)) return dim;
    return often === undefined ? operation.fresh() : times(dim, often);
  });
  const batches = tiled.flatMap((dim, at) => (hasBatch(dim) ? [at] : []));
  if (axis === undefined) {
    const spread = batches.every((at) => isOne(dims[at]!));
    if (!spread) throw new Unproven('repeats a constant that is longer than a row');
    return filledTensor(tiled);
  }
  if (batches.length > 1 || !isOne(repeats[axis]!)) throw new Unproven('repeats the rows');
  return tensorOf(tiled, axis);
};

const pad: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  needFixed('padding', ...operation.inputs.slice(1));
  if (axis === undefined) return fixedTensor(dims.map(() => operation.fresh()));
  const pads = operation.wholeNumbers('pads', 1) ?? operation.ints('paddings') ?? [];
  const axes =
    operation.wholeNumbers('axes', 3)?.map((each) => axisWithin(each, dims.length)) ??
    dims.map((_, at) => at);
  const padded = dims.map((dim, at) => {
    const place = axes.indexOf(at);
    if (place < 0) return dim;
    const [first, last] = [pads[place], pads[place + axes.length]];
    if (first === undefined || last === undefined)
      throw new Unproven('takes padding that is not known before it runs');
    if (at === axis && (first !== 0 || last !== 0)) throw new Unproven('pads the rows with others');
    return plus(dim, fixedDim(first + last)) ?? operation.fresh();
  });
  return tensorOf(padded, axis);
};

const size: Rule = ({ inputs: [tensor] }) => knownTensor([], [times(ONE, ...dimsOf(tensor))]);

export const SHAPES: Record<string, Rule> = {
  Shape: shape,
  Size: size,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Expand: expand,
  Tile: tile,
  Pad: pad,
};
