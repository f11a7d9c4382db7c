import { type Dim, fixedDim, ONE, over, sizeOfDim, times } from '../dimension.ts';
import type { Operation, Rule } from '../operation.ts';
import { axisOf, dimsOf, needFixed, type Traced, tensorOf, Unproven } from '../traced-tensor.ts';

/** Operators over pictures and signals: rows on axis 0, channels on axis 1, the rest is space. */

function spatial(operation: Operation, dims: readonly Dim[], kernel: readonly (number | undefined)[]): Dim[] {
  const count = dims.length - 2;
  const filled = (name: string, value: number) =>
    operation.ints(name) ?? new Array<number>(count).fill(value);
  const [strides, dilations] = [filled('strides', 1), filled('dilations', 1)];
  const pads = operation.ints('pads') ?? new Array<number>(2 * count).fill(0);
  const auto = operation.text('auto_pad', 'NOTSET');
  const isUp = operation.int('ceil_mode', 0) !== 0;
  return dims.slice(2).map((dim, at) => {
    const size = sizeOfDim(dim);
    const extent = kernel[at] === undefined ? undefined : (kernel[at]! - 1) * dilations[at]! + 1;
    const stride = strides[at]!;
    if (size === undefined || extent === undefined || isUp) return operation.fresh();
    if (auto.startsWith('SAME')) return fixedDim(Math.ceil(size / stride));
    const padded = auto === 'VALID' ? size : size + pads[at]! + pads[at + count]!;
    return fixedDim(Math.floor((padded - extent) / stride) + 1);
  });
}

function pictures(tensor: Traced | undefined): readonly Dim[] {
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  if (tensor?.is === 'sizes' || (axis !== undefined && axis !== 0))
    throw new Unproven('has its rows on another axis than 0');
  return dims;
}

/** @param place of the picture and of the weights among the inputs */
function convolve(place: { weights: number }): Rule {
  return (operation) => {
    const [tensor, ...rest] = operation.inputs;
    needFixed('weights', ...rest);
    const dims = pictures(tensor);
    const weights = dimsOf(operation.inputs[place.weights]);
    const kernel = operation.ints('kernel_shape') ?? weights.slice(2).map(sizeOfDim);
    return tensorOf([dims[0]!, weights[0]!, ...spatial(operation, dims, kernel)], axisOf(tensor));
  };
}

const transposed: Rule = (operation) => {
  const [tensor, ...rest] = operation.inputs;
  needFixed('weights', ...rest);
  const dims = pictures(tensor);
  const channels = times(dimsOf(operation.inputs[1])[1]!, fixedDim(operation.int('group', 1)));
  return tensorOf([dims[0]!, channels, ...dims.slice(2).map(() => operation.fresh())], axisOf(tensor));
};

/** The places that MaxPool gives as its second output count through all rows. */
const pool: Rule = (operation) => {
  const dims = pictures(operation.inputs[0]);
  if (operation.outputs > 1) throw new Unproven('gives places counted through all rows');
  const kernel = operation.ints('kernel_shape') ?? [];
  return tensorOf([dims[0]!, dims[1]!, ...spatial(operation, dims, kernel)], axisOf(operation.inputs[0]));
};

const globalPool: Rule = (operation) => {
  const dims = pictures(operation.inputs[0]);
  return tensorOf(
    dims.map((dim, at) => (at < 2 ? dim : ONE)),
    axisOf(operation.inputs[0]),
  );
};

const depthToSpace: Rule = (operation) => {
  const dims = pictures(operation.inputs[0]);
  const block = fixedDim(operation.int('blocksize', 1));
  const isDeeper = operation.opType === 'SpaceToDepth';
  const [up, down] = [times(block, block), block];
  const change = (dim: Dim, by: Dim, isLarger: boolean) =>
    isLarger ? times(dim, by) : (over(dim, by) ?? operation.fresh());
  const changed = dims.map((dim, at) => {
    if (at === 0) return dim;
    return at === 1 ? change(dim, up, isDeeper) : change(dim, down, !isDeeper);
  });
  return tensorOf(changed, axisOf(operation.inputs[0]));
};

/** Samples each picture at the places of its own row. */
const gridSample: Rule = (operation) => {
  const [tensor, grid] = operation.inputs;
  const dims = pictures(tensor);
  const places = pictures(grid);
  if (axisOf(tensor) !== axisOf(grid)) throw new Unproven('samples pictures at the places of other rows');
  return tensorOf([dims[0]!, dims[1]!, ...places.slice(1, -1)], axisOf(tensor));
};

export const CONVOLUTIONS: Record<string, Rule> = {
  Conv: convolve({ weights: 1 }),
  ConvInteger: convolve({ weights: 1 }),
  QLinearConv: convolve({ weights: 3 }),
  ConvTranspose: transposed,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  DepthToSpace: depthToSpace,
  SpaceToDepth: depthToSpace,
  GridSample: gridSample,
};
