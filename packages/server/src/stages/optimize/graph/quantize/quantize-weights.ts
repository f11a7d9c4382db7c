/**
 * Largest whole number of a weight: seven bits with a sign. Processors without VNNI add two products of a byte and a weight
 * in sixteen bits, 2 · 255 · 64 being the most that fits: with eight bits a model would answer otherwise on them.
 */
export const LARGEST_WEIGHT = 64;

/** Below it float32 loses digits; such weights are as good as zero. */
const SMALLEST_NORMAL = 2 ** -126;

export type QuantizedWeights = { values: Int8Array; scales: Float32Array };

/** Symmetric quantization, with a scale for each place along `axis`. */
export function quantizeWeights(
  weights: Float32Array,
  dims: readonly number[],
  axis: number,
  largest: number = LARGEST_WEIGHT,
): QuantizedWeights {
  const channels = dims[axis]!;
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const scales = new Float32Array(channels);
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  for (const [i, weight] of weights.entries()) {
    const channel = channelOf(i);
    scales[channel] = Math.max(scales[channel]!, Math.abs(weight));
  }
  for (const [channel, most] of scales.entries())
    scales[channel] = most / largest >= SMALLEST_NORMAL ? most / largest : 1;
  const values = Int8Array.from(weights, (weight, i) =>
    Math.max(-largest, Math.min(largest, Math.round(weight / scales[channelOf(i)]!))),
  );
  return { values, scales };
}
