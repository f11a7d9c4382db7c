import { type Dim, isOne, isSame, ONE } from '../dimension.ts';
import type { Operation, Rule } from '../operation.ts';
import {
  axisOf,
  dimsOf,
  fixedTensor,
  isBroadcast,
  needFixed,
  type Traced,
  tensorOf,
  Unproven,
} from '../traced-tensor.ts';
import { broadcast } from './elementwise.ts';

/** Products. The axis that is summed over must not be the rows'. */

/** numpy.matmul: the last two axes are matrices, those before broadcast. */
export function multiplied(
  operation: Operation,
  left: Traced | undefined,
  right: Traced | undefined,
): Traced {
  const [a, b] = [dimsOf(left), dimsOf(right)];
  if (left?.is === 'sizes' || right?.is === 'sizes') throw new Unproven('computes with the number of rows');
  const [rowsA, rowsB] = [axisOf(left), axisOf(right)];
  const isSummed = rowsA === a.length - 1 || (rowsB !== undefined && rowsB === Math.max(0, b.length - 2));
  if (isSummed) throw new Unproven('sums products over the rows');
  const isOuter = rowsA === a.length - 2 || (rowsB !== undefined && rowsB === b.length - 1);
  if (isOuter && rowsA !== undefined && rowsB !== undefined)
    throw new Unproven('multiplies rows with each other');
  const outer = (dims: readonly Dim[], axis: number | undefined): Traced =>
    tensorOf(dims.slice(0, -2), axis !== undefined && axis < dims.length - 2 ? axis : undefined);
  const stacked = broadcast(operation, [outer(a, rowsA), outer(b, rowsB)]);
  const before = dimsOf(stacked);
  const matrix = [...(a.length > 1 ? [a.at(-2)!] : []), ...(b.length > 1 ? [b.at(-1)!] : [])];
  const axis =
    axisOf(stacked) ??
    (rowsA !== undefined && rowsA === a.length - 2 ? before.length : undefined) ??
    (rowsB !== undefined && rowsB === b.length - 1 && b.length > 1
      ? before.length + matrix.length - 1
      : undefined);
  return tensorOf([...before, ...matrix], axis);
}

const matMul: Rule = (operation) => {
  const [left, right, ...points] = operation.inputs;
  needFixed('a zero point', ...points);
  needSingle(left, points[0]);
  return multiplied(operation, left, right);
};

const quantizedMatMul: Rule = (operation) => {
  const [left, scale, point, right, ...rest] = operation.inputs;
  needFixed('a scale', scale, point, ...rest);
  needSingle(left, scale, point);
  return multiplied(operation, left, right);
};

/** Of a tensor of rows the scale and the zero point must be one number: a list may have one for each row. */
function needSingle(tensor: Traced | undefined, ...scales: readonly (Traced | undefined)[]): void {
  const isSingle = scales.every((scale) => scale === undefined || dimsOf(scale).every(isOne));
  if (tensor?.is === 'rows' && !isSingle) throw new Unproven('scales each row by another number');
}

const gemm: Rule = (operation) => {
  const [left, right, added] = operation.inputs;
  const [a, b] = [dimsOf(left), dimsOf(right)];
  needFixed('weights', right);
  const axis = axisOf(left);
  const isTurned = operation.int('transA', 0) !== 0;
  const rows = isTurned ? 1 : 0;
  if (axis !== undefined && axis !== rows) throw new Unproven('sums products over the rows');
  const product = tensorOf(
    [a[rows]!, b[operation.int('transB', 0) === 0 ? 1 : 0]!],
    axis === undefined ? undefined : 0,
  );
  return added === undefined ? product : broadcast(operation, [product, added]);
};

/** The label of the rows' axis must be kept, and stand for the rows of every input that has rows. */
const einsum: Rule = (operation) => {
  const [given, result] = operation.text('equation', '').replaceAll(' ', '').split('->');
  const terms = given!.split(',');
  const { inputs } = operation;
  const isPlain =
    result !== undefined &&
    [...terms, result].every((term) => /^[A-Za-z]*$/.test(term)) &&
    terms.length === inputs.length;
  if (!isPlain) throw new Unproven('has an equation that is not analysed');
  const sizes = new Map<string, Dim>();
  let label: string | undefined;
  for (const [i, tensor] of inputs.entries()) {
    const dims = dimsOf(tensor);
    if (tensor?.is === 'sizes' || dims.length !== terms[i]!.length || new Set(terms[i]).size !== dims.length)
      throw new Unproven('has an equation that is not analysed');
    const own = tensor?.is === 'rows' ? terms[i]![tensor.axis] : undefined;
    if (own !== undefined && label !== undefined && own !== label)
      throw new Unproven('multiplies rows with each other');
    label ??= own;
    for (const [at, each] of [...terms[i]!].entries()) sizes.set(each, pickDim(sizes.get(each), dims[at]!));
  }
  if (label !== undefined && !result.includes(label)) throw new Unproven('sums products over the rows');
  const strays = inputs.some(
    (tensor, i) => tensor?.is !== 'rows' && label !== undefined && terms[i]!.includes(label),
  );
  const isUneven = inputs.some(
    (tensor) => tensor?.is === 'rows' && !isSame(tensor.dims[tensor.axis]!, sizes.get(label!)!),
  );
  if (strays || isUneven) throw new Unproven('combines each row with another part of a constant');
  return tensorOf(
    [...result].map((each) => sizes.get(each) ?? ONE),
    label === undefined ? undefined : result.indexOf(label),
  );
};

function pickDim(known: Dim | undefined, dim: Dim): Dim {
  return known === undefined || known.factor === 1 ? dim : known;
}

/** Sequences on axis 0 and the rows on axis 1, or the other way round with `layout` 1. */
const recurrent: Rule = (operation) => {
  const [given, weights, recurrence, bias, lengths, hidden, cell, peepholes] = operation.inputs;
  needFixed('weights', weights, recurrence, bias, peepholes);
  const dims = dimsOf(given);
  const isRowsFirst = operation.int('layout', 0) !== 0;
  const place = isRowsFirst ? 0 : 1;
  if (given?.is !== 'rows')
    return given?.is === 'fixed' && lengths === undefined
      ? Array(operation.outputs).fill(fixedTensor())
      : mismatch();
  if (given.axis !== place) throw new Unproven('passes its state on from row to row');
  const rows = dims[place]!;
  checkState(lengths, 0, rows);
  checkState(hidden, place, rows);
  checkState(cell, place, rows);
  const [directions, size] = [dimsOf(recurrence)[0]!, dimsOf(recurrence)[2]!];
  const steps = dims[1 - place]!;
  const state = isRowsFirst ? [rows, directions, size] : [directions, rows, size];
  const all = isRowsFirst ? [rows, steps, directions, size] : [steps, directions, rows, size];
  return [tensorOf(all, isRowsFirst ? 0 : 2), tensorOf(state, place), tensorOf(state, place)];
};

function mismatch(): never {
  throw new Unproven('takes sequences that are no rows');
}

/** A state or a length for each row. */
function checkState(tensor: Traced | undefined, axis: number, rows: Dim): void {
  if (tensor === undefined) return;
  const isOfRows = tensor.is === 'rows' && tensor.axis === axis && isSame(tensor.dims[axis]!, rows);
  if (!isOfRows) throw new Unproven('takes a state that is not one for each row');
}

/** Queries, keys and values of the same rows on axis 0; a mask for all, or one for each row. */
const attention: Rule = (operation) => {
  const [query, key, value, mask, ...past] = operation.inputs;
  const shape = dimsOf(query);
  if (query?.is !== 'rows' || query.axis !== 0) return mismatch();
  const rows = shape[0]!;
  for (const tensor of [key, value, ...past]) checkState(tensor, 0, rows);
  if (mask?.is === 'rows') {
    const isOfRows = mask.dims.length === 4 && mask.axis === 0 && isSame(mask.dims[0]!, rows);
    if (!isOfRows) throw new Unproven('takes a mask that is not one for each row');
  } else if (mask !== undefined) {
    needFixed('a mask', mask);
    if (!isBroadcast(dimsOf(mask), 3)) throw new Unproven('takes a mask that is not one for each row');
  }
  const isSplit = shape.length === 4;
  const out = isSplit ? shape.with(3, dimsOf(value)[3]!) : shape.with(2, operation.fresh());
  const other = (): Traced => tensorOf([rows, operation.fresh(), operation.fresh(), operation.fresh()], 0);
  return [tensorOf(out, 0), other(), other(), other()];
};

const rotaryEmbedding: Rule = (operation) => {
  const [given, cosines, sines, positions] = operation.inputs;
  if (given?.is !== 'rows' || given.axis !== 0) return mismatch();
  const rows = given.dims[0]!;
  if (positions === undefined) for (const cache of [cosines, sines]) checkState(cache, 0, rows);
  else {
    needFixed('a cache', cosines, sines);
    checkState(positions, 0, rows);
  }
  return given;
};

export const PRODUCTS: Record<string, Rule> = {
  MatMul: matMul,
  MatMulInteger: matMul,
  QLinearMatMul: quantizedMatMul,
  Gemm: gemm,
  Einsum: einsum,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
};
