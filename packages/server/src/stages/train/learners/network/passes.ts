import type { Random } from '../../../../kernel/index.ts';
import type { Architecture, LayerPlace } from './architecture.ts';
import { gather, type InputRows, scatter } from './inputs.ts';
import type { MatrixKernels } from './kernels/matrix-kernels.ts';

/** Buffers for batches of up to `batch` rows, in the kernels' memory. */
export type Passes = ReturnType<typeof openPasses>;

/** One layer's buffers: sums before the activation, values after it, and the gradient of the sums. */
type LayerBuffers = { sums: Float32Array; values: Float32Array; gradient: Float32Array; kept: Float32Array };

/** Forward and backward passes of an architecture. */
export function openPasses(kernels: MatrixKernels, architecture: Architecture, batch: number) {
  const { layers, input } = architecture;
  const widest = Math.max(input, ...layers.map(({ outputs }) => outputs));
  const inputs = kernels.floats(batch * input);
  const buffers = layers.map(({ outputs }): LayerBuffers => {
    const floats = () => kernels.floats(batch * outputs);
    return { sums: floats(), values: floats(), gradient: floats(), kept: floats() };
  });
  const turned = kernels.floats(widest * Math.max(widest, batch));
  const none = kernels.floats(widest);
  const inputGradient = kernels.floats(batch * input);
  const last = buffers[buffers.length - 1]!;

  /** Runs a batch; the margins are then in the first columns of {@link margins}. */
  function forward(
    weights: Float32Array,
    rows: InputRows,
    chosen: ArrayLike<number>,
    count: number,
    dropout: number,
    random: Random,
  ): void {
    gather(architecture, weights, rows, chosen, count, inputs);
    layers.forEach((layer, l) => {
      const { sums, values, kept } = buffers[l]!;
      const from = l === 0 ? inputs : buffers[l - 1]!.values;
      const shape = { m: count, k: layer.inputs, n: layer.outputs };
      kernels.multiply(from, matrixOf(weights, layer), sums, biasOf(weights, layer), shape);
      const length = count * layer.outputs;
      ACTIVATE[layer.activation](sums, values, length);
      if (dropout > 0 && l < layers.length - 1) dropOut(values, kept, length, dropout, random);
    });
  }

  /** From the gradient of the margins in {@link marginGradient} to that of all weights. */
  function backward(
    weights: Float32Array,
    gradients: Float32Array,
    rows: InputRows,
    chosen: ArrayLike<number>,
    count: number,
    dropout: number,
  ): void {
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l]!;
      const { gradient } = buffers[l]!;
      const from = l === 0 ? inputs : buffers[l - 1]!.values;
      kernels.transpose(from, turned, count, layer.inputs);
      const shape = { m: layer.inputs, k: count, n: layer.outputs };
      kernels.multiply(turned, gradient, matrixOf(gradients, layer), none, shape);
      kernels.sumColumns(gradient, biasOf(gradients, layer), count, layer.outputs);
      if (l === 0 && architecture.embeddings.length === 0) break;
      const to = l === 0 ? inputGradient : buffers[l - 1]!.gradient;
      kernels.transpose(matrixOf(weights, layer), turned, layer.inputs, layer.outputs);
      kernels.multiply(gradient, turned, to, none, { m: count, k: layer.outputs, n: layer.inputs });
      if (l === 0) break;
      const below = buffers[l - 1]!;
      const length = count * layer.inputs;
      if (dropout > 0) for (let i = 0; i < length; i++) to[i]! *= below.kept[i]!;
      SLOPE[layers[l - 1]!.activation](below.sums, to, length);
    }
    for (const { at, levels, width } of architecture.embeddings)
      gradients.fill(0, at, at + (levels + 1) * width);
    scatter(architecture, rows, chosen, count, inputGradient, gradients);
  }

  const columns = layers[layers.length - 1]!.outputs;
  return { batch, columns, forward, backward, margins: last.values, marginGradient: last.gradient };
}

function matrixOf(weights: Float32Array, { weights: at, inputs, outputs }: LayerPlace): Float32Array {
  return weights.subarray(at, at + inputs * outputs);
}

function biasOf(weights: Float32Array, { bias, outputs }: LayerPlace): Float32Array {
  return weights.subarray(bias, bias + outputs);
}

/** Writes what each activation makes of sums. */
const ACTIVATE: Record<
  LayerPlace['activation'],
  (sums: Float32Array, values: Float32Array, length: number) => void
> = {
  identity(sums, values, length) {
    values.set(sums.subarray(0, length));
  },
  relu(sums, values, length) {
    for (let i = 0; i < length; i++) values[i] = sums[i]! > 0 ? sums[i]! : 0;
  },
  silu(sums, values, length) {
    for (let i = 0; i < length; i++) values[i] = sums[i]! / (1 + Math.exp(-sums[i]!));
  },
};

/** Multiplies gradients of values by the slope of each activation, which makes them gradients of sums. */
const SLOPE: Record<
  LayerPlace['activation'],
  (sums: Float32Array, gradient: Float32Array, length: number) => void
> = {
  identity: () => {},
  relu(sums, gradient, length) {
    for (let i = 0; i < length; i++) if (!(sums[i]! > 0)) gradient[i] = 0;
  },
  silu(sums, gradient, length) {
    for (let i = 0; i < length; i++) {
      const gate = 1 / (1 + Math.exp(-sums[i]!));
      gradient[i]! *= gate * (1 + sums[i]! * (1 - gate));
    }
  },
};

/** Switches values off at random and raises the others, so that their sum stays the same on average. */
function dropOut(
  values: Float32Array,
  kept: Float32Array,
  length: number,
  dropout: number,
  random: Random,
): void {
  const raise = 1 / (1 - dropout);
  for (let i = 0; i < length; i++) {
    kept[i] = random() < dropout ? 0 : raise;
    values[i]! *= kept[i]!;
  }
}
