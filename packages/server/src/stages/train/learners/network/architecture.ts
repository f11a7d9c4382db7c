import type { Random } from '../../../../kernel/index.ts';
import type { Activation } from '../../model.ts';
import type { NetworkParams } from './params.ts';

/** Where things lie in the one array of all weights, so that a step of the optimiser is one pass over it. */
export type Architecture = {
  numbers: number;
  embeddings: EmbeddingPlace[];
  /** Width of the input, a multiple of four: numbers, embeddings, and zeros to fill up. */
  input: number;
  layers: LayerPlace[];
  /** Weights in all, a multiple of four. */
  size: number;
};

/** Rows of `width` numbers from `at` on, one for each code and one for missing; `column` is their place in the input. */
export type EmbeddingPlace = { levels: number; width: number; at: number; column: number };

/** A matrix [inputs, outputs] and a bias. Outputs are a multiple of four, of which the last may be idle. */
export type LayerPlace = {
  inputs: number;
  outputs: number;
  weights: number;
  bias: number;
  activation: Activation;
};

/** Numbers of an embedding grow with the levels as AutoGluon's do, but stay few. */
function embeddingWidth(levels: number): number {
  return Math.min(16, Math.ceil(1.2 * levels ** 0.56));
}

/** `levels` has the number of codes of each category, without the row for missing. */
export function architectureOf(
  numbers: number,
  levels: readonly number[],
  outputs: number,
  { layers, width, smooth }: NetworkParams,
): Architecture {
  let size = 0;
  const place = (count: number) => {
    const at = size;
    size += roundUp(count);
    return at;
  };
  let column = numbers;
  const embeddings = levels.map((count) => {
    const own = embeddingWidth(count);
    const embedding = { levels: count, width: own, at: place((count + 1) * own), column };
    column += own;
    return embedding;
  });
  const input = roundUp(column);
  const hidden = Array.from({ length: layers }, () => roundUp(width));
  const widths = [input, ...hidden, roundUp(outputs)];
  const places = widths.slice(1).map((to, l): LayerPlace => {
    const last = l === layers;
    const inputs = widths[l]!;
    const activation = last ? 'identity' : smooth ? 'silu' : 'relu';
    return { inputs, outputs: to, weights: place(inputs * to), bias: place(to), activation };
  });
  return { numbers, embeddings, input, layers: places, size };
}

function roundUp(count: number): number {
  return 4 * Math.ceil(count / 4);
}

/** Spread of embeddings at first, less than that of standardised numbers. */
const EMBEDDING_SPREAD = 0.3;

/** Random weights (He et al. 2015); the last layer begins at nothing but `base`, what is best without features. */
export function initialise(
  { embeddings, layers }: Architecture,
  weights: Float32Array,
  base: readonly number[],
  random: Random,
): void {
  for (const { at, levels, width } of embeddings) {
    for (let i = 0; i < (levels + 1) * width; i++) weights[at + i] = EMBEDDING_SPREAD * normal(random);
  }
  for (const { inputs, outputs, weights: at } of layers.slice(0, -1)) {
    const spread = Math.sqrt(2 / inputs);
    for (let i = 0; i < inputs * outputs; i++) weights[at + i] = spread * normal(random);
  }
  weights.set(base, layers[layers.length - 1]!.bias);
}

/** Box and Muller (1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
