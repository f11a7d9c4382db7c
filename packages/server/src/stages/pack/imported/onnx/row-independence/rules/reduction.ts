import { type Dim, fixedDim, ONE, sizeOfDim, times } from '../dimension.ts';
import { axisWithin, type Operation, type Rule } from '../operation.ts';
import {
  axisOf,
  dimsOf,
  fixedTensor,
  knownTensor,
  needFixed,
  type Traced,
  tensorOf,
  Unproven,
} from '../traced-tensor.ts';
import { itemsOf } from './shape.ts';

/** Operators that combine the values along some axes: of all rows where the rows' axis is among them. */

export function refuseRowAxis(axes: readonly number[], axis: number | undefined, does: string): void {
  if (axis !== undefined && axes.includes(axis)) throw new Unproven(`${does} along the axis of the rows`);
}

const reduce: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const items = itemsOf(tensor);
  if (operation.opType === 'ReduceProd' && items?.every((item) => item !== undefined) === true)
    return knownTensor(operation.int('keepdims', 1) === 0 ? [] : [ONE], [times(ONE, ...(items as Dim[]))]);
  if (tensor?.is === 'sizes') throw new Unproven('computes with the number of rows');
  const named = operation.wholeNumbers('axes', 1) ?? [];
  const isNothing = named.length === 0 && operation.int('noop_with_empty_axes', 0) !== 0;
  const axes =
    named.length === 0 && !isNothing
      ? dims.map((_, at) => at)
      : named.map((each) => axisWithin(each, dims.length));
  return without(operation, dims, axisOf(tensor), axes);
};

function without(
  operation: Operation,
  dims: readonly Dim[],
  axis: number | undefined,
  axes: readonly number[],
): Traced {
  refuseRowAxis(axes, axis, 'combines values');
  if (operation.int('keepdims', 1) !== 0)
    return tensorOf(
      dims.map((dim, at) => (axes.includes(at) ? ONE : dim)),
      axis,
    );
  const left = dims.filter((_, at) => !axes.includes(at));
  return tensorOf(left, axis === undefined ? undefined : axis - axes.filter((each) => each < axis).length);
}

const arg: Rule = (operation) => {
  const dims = dimsOf(operation.inputs[0]);
  return without(operation, dims, axisOf(operation.inputs[0]), [operation.axis('axis', 0, dims.length)]);
};

const topK: Rule = (operation) => {
  const [tensor, count] = operation.inputs;
  needFixed('a count', count);
  const dims = dimsOf(tensor);
  const axis = operation.axis('axis', -1, dims.length);
  refuseRowAxis([axis], axisOf(tensor), 'sorts');
  const [kept] = operation.wholeNumbers('k', 1) ?? [operation.int('k', 1)];
  const cut = dims.map((dim, at) =>
    at !== axis ? dim : kept === undefined ? operation.fresh() : fixedDim(kept),
  );
  return [tensorOf(cut, axisOf(tensor)), tensorOf(cut, axisOf(tensor))];
};

/** Before operator set 13 these took everything from their axis on as one. */
const softmax: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const isOld = operation.opset < 13;
  const first = operation.axis('axis', isOld ? 1 : -1, dims.length);
  const axes = isOld ? dims.map((_, at) => at).filter((at) => at >= first) : [first];
  refuseRowAxis(axes, axisOf(tensor), 'normalizes values');
  return tensorOf(dims, axisOf(tensor));
};

const cumulate: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const axes = operation.wholeNumbers('axis', 1);
  if (axes === undefined) throw new Unproven('adds up along an axis that is not known before it runs');
  refuseRowAxis(
    axes.map((each) => axisWithin(each, dims.length)),
    axisOf(tensor),
    'adds up values',
  );
  return tensorOf(dims, axisOf(tensor));
};

/** Everything from an axis on is normalized together. */
const layerNormalization: Rule = (operation) => {
  const [tensor, ...scales] = operation.inputs;
  needFixed('a scale', ...scales);
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  const first = operation.axis('axis', -1, dims.length);
  refuseRowAxis(
    dims.map((_, at) => at).filter((at) => at >= first),
    axis,
    'normalizes values',
  );
  const statistics = tensorOf(
    dims.map((dim, at) => (at >= first ? ONE : dim)),
    axis,
  );
  return [tensorOf(dims, axis), statistics, statistics];
};

const lpNormalization: Rule = (operation) => {
  const dims = dimsOf(operation.inputs[0]);
  refuseRowAxis([operation.axis('axis', -1, dims.length)], axisOf(operation.inputs[0]), 'normalizes values');
  return tensorOf(dims, axisOf(operation.inputs[0]));
};

const meanVariance: Rule = (operation) => {
  const dims = dimsOf(operation.inputs[0]);
  const axes = (operation.ints('axes') ?? [0, 2, 3]).map((each) => axisWithin(each, dims.length));
  refuseRowAxis(axes, axisOf(operation.inputs[0]), 'normalizes values');
  return tensorOf(dims, axisOf(operation.inputs[0]));
};

/** In training mode the mean and the variance are those of the batch. */
const batchNormalization: Rule = (operation) => {
  const isTraining =
    operation.int('training_mode', 0) !== 0 || (operation.opset < 14 && operation.outputs > 1);
  if (isTraining) throw new Unproven('normalizes with the mean and variance of all rows (training mode)');
  return onBatchAxis(operation);
};

/** Each picture by itself: the rows are on axis 0. */
export const onBatchAxis = (operation: Operation): Traced => {
  const [tensor, ...scales] = operation.inputs;
  needFixed('a parameter', ...scales);
  const dims = dimsOf(tensor);
  if (axisOf(tensor) !== undefined && axisOf(tensor) !== 0)
    throw new Unproven('has its rows on another axis than 0');
  return tensorOf(dims, axisOf(tensor));
};

const oneHot: Rule = (operation) => {
  const [tensor, depth, values] = operation.inputs;
  needFixed('a depth', depth, values);
  const dims = dimsOf(tensor);
  const place = operation.axis('axis', -1, dims.length + 1);
  const [count] = operation.wholeNumbers('depth', 1) ?? [];
  const axis = axisOf(tensor);
  const added = dims.toSpliced(place, 0, count === undefined ? operation.fresh() : fixedDim(count));
  return tensorOf(added, axis === undefined ? undefined : axis + (place <= axis ? 1 : 0));
};

/** Matrices on the last two axes. */
const onMatrices: Rule = (operation) => {
  const [tensor, ...parameters] = operation.inputs;
  needFixed('a parameter', ...parameters);
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  if (axis !== undefined && axis >= dims.length - 2) throw new Unproven('works across the rows');
  if (operation.opType === 'Det') return tensorOf(dims.slice(0, -2), axis);
  return tensorOf(dims, axis);
};

/** A column of random or counted numbers is the same for all rows only where its sizes are. */
const range: Rule = (operation) => {
  const [start, limit, step] = operation.inputs;
  if ([start, limit, step].some((tensor) => tensor?.is !== 'fixed')) throw new Unproven('counts the rows');
  const all = [start, limit, step].map((tensor) => itemsOf(tensor)?.[0]);
  const [from, to, by] = all.map((dim) => dim && sizeOfDim(dim));
  if (from === undefined || to === undefined || by === undefined || by === 0)
    return fixedTensor([
      all[0]?.factor === 0 && all[2]?.factor === 1 && all[1] !== undefined ? all[1] : operation.fresh(),
    ]);
  return fixedTensor([fixedDim(Math.max(0, Math.ceil((to - from) / by)))]);
};

const REDUCTIONS =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare'.split(
    ' ',
  );

export const REDUCING: Record<string, Rule> = {
  ...Object.fromEntries(REDUCTIONS.map((name) => [name, reduce])),
  ArgMax: arg,
  ArgMin: arg,
  TopK: topK,
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
  CumSum: cumulate,
  LayerNormalization: layerNormalization,
  RMSNormalization: layerNormalization,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVariance,
  BatchNormalization: batchNormalization,
  InstanceNormalization: onBatchAxis,
  GroupNormalization: onBatchAxis,
  LRN: onBatchAxis,
  OneHot: oneHot,
  Trilu: onMatrices,
  Det: onMatrices,
  Range: range,
};
