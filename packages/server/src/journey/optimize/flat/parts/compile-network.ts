import { ACTIVATIONS, type DenseLayer, type Part } from '../../../train/index.ts';
import { compileDense } from './compile-dense.ts';
import type { FlatPart, PartTarget } from './flat-part.ts';

type NetworkPart = Extract<Part, { kind: 'network' }>;
type Numbers = Float32Array | Float64Array;

type FlatLayer = {
  weights: Numbers;
  bias: Float64Array;
  sums: Float64Array;
  activate: (x: number) => number;
};

/** A network with a buffer for each layer, summed in the order of the reference. */
export function compileNetwork(part: NetworkPart, { outputs }: PartTarget): FlatPart {
  const dense = compileDense(part.inputs, part.features);
  const input = new Float64Array(dense.width);
  const layers = part.layers.map(compileLayer);
  const { weight } = part;
  const bytes = layers.reduce((sum, layer) => sum + layer.weights.byteLength + layer.bias.byteLength, 0);
  return {
    bytes: dense.bytes + bytes,
    add(features, out, at) {
      dense.fill(features, input);
      let values: Float64Array = input;
      for (let l = 0; l < layers.length; l++) values = runLayer(layers[l]!, values);
      for (let k = 0; k < outputs; k++) out[at + k]! += weight * values[k]!;
    },
  };
}

function compileLayer({ weights, bias, activation }: DenseLayer): FlatLayer {
  return {
    weights: compact(weights),
    bias: Float64Array.from(bias),
    sums: new Float64Array(bias.length),
    activate: ACTIVATIONS[activation],
  };
}

/** Half the memory where nothing is lost. */
function compact(values: readonly number[]): Numbers {
  const floats = Float32Array.from(values);
  return floats.every((value, i) => value === values[i]) ? floats : Float64Array.from(values);
}

function runLayer({ weights, bias, sums, activate }: FlatLayer, input: Float64Array): Float64Array {
  sums.set(bias);
  const width = sums.length;
  for (let i = 0; i < input.length; i++) {
    const x = input[i]!;
    // Half of what a rectifier lets through is zero.
    if (x === 0) continue;
    const from = i * width;
    for (let j = 0; j < width; j++) sums[j]! += x * weights[from + j]!;
  }
  for (let j = 0; j < width; j++) sums[j] = activate(sums[j]!);
  return sums;
}
