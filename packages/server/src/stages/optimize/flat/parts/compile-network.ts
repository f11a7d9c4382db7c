import {
  ACTIVATIONS,
  type DenseLayer,
  type MatrixKernels,
  openMatrixKernels,
  type Part,
} from '../../../train/index.ts';
import { compileDense } from './compile-dense.ts';
import type { FlatPart, PartTarget } from './flat-part.ts';

type NetworkPart = Extract<Part, { kind: 'network' }>;

/** A layer in the kernels' memory; rows of weights are filled up with zeros to a multiple of four. */
type FlatLayer = {
  weights: Float32Array;
  bias: Float32Array;
  sums: Float32Array;
  shape: { m: 1; k: number; n: number };
  activate: (x: number) => number;
};

/** A network as single-precision matrices in the memory of vector kernels, one row at a time. */
export function compileNetwork(part: NetworkPart, { outputs }: PartTarget): FlatPart {
  const kernels = openMatrixKernels();
  const dense = compileDense(part.inputs, part.features);
  const input = kernels.floats(dense.width);
  const layers: FlatLayer[] = [];
  let width = dense.width;
  for (const layer of part.layers) {
    layers.push(compileLayer(kernels, layer, layer.weights.length / layer.bias.length, width));
    width = layers[layers.length - 1]!.shape.n;
  }
  const { weight } = part;
  return {
    bytes: layers.reduce((sum, layer) => sum + layer.weights.byteLength + layer.bias.byteLength, dense.bytes),
    add(features, out, at) {
      dense.fill(features, input);
      let values = input;
      for (let l = 0; l < layers.length; l++) {
        const { weights, bias, sums, shape, activate } = layers[l]!;
        kernels.multiply(values, weights, sums, bias, shape);
        for (let j = 0; j < sums.length; j++) sums[j] = activate(sums[j]!);
        values = sums;
      }
      for (let k = 0; k < outputs; k++) out[at + k]! += weight * values[k]!;
    },
  };
}

/** A layer of `inputs` inputs that come with zeros behind them, `width` numbers in all. */
function compileLayer(
  kernels: MatrixKernels,
  { weights, bias, activation }: DenseLayer,
  inputs: number,
  width: number,
): FlatLayer {
  const n = 4 * Math.ceil(bias.length / 4);
  const matrix = kernels.floats(width * n);
  for (let i = 0; i < inputs; i++) {
    matrix.set(weights.slice(i * bias.length, (i + 1) * bias.length), i * n);
  }
  const shifts = kernels.floats(n);
  shifts.set(bias);
  return {
    weights: matrix,
    bias: shifts,
    sums: kernels.floats(n),
    shape: { m: 1, k: width, n },
    activate: ACTIVATIONS[activation],
  };
}
