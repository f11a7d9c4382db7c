import type { DenseLayer, Network } from '../model.ts';
import { ACTIVATIONS } from './activations.ts';
import { denseWidth, fillDense } from './dense-inputs.ts';

/** Margins of one row, in double precision, into `out[0 … outputs - 1]`. */
export function networkMargins(network: Network, x: ArrayLike<number>, out: Float64Array): void {
  const dense = new Float64Array(denseWidth(network.inputs));
  fillDense(network.inputs, x, dense, 0);
  out.set(network.layers.reduce(applyLayer, dense));
}

function applyLayer(input: Float64Array, { weights, bias, activation }: DenseLayer): Float64Array {
  const activate = ACTIVATIONS[activation];
  const sums = Float64Array.from(bias);
  for (let i = 0; i < input.length; i++) {
    for (let j = 0; j < sums.length; j++) sums[j]! += input[i]! * weights[i * sums.length + j]!;
  }
  return sums.map(activate);
}
