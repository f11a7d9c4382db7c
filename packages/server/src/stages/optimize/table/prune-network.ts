import type { AdditiveModel, DenseLayer, Network } from '../../train/index.ts';
import type { Inapplicable } from '../model.ts';

/** Every layer keeps this share of its units at least, and one. */
const LEAST_KEPT = 0.1;
const SEARCH_STEPS = 5;

/**
 * Takes hidden units out of the networks of a model, those first whose weights, in and out, are the shortest, as many as
 * `holds` allows.
 */
export function pruneNetworks(
  model: AdditiveModel,
  holds: (model: AdditiveModel) => boolean,
): AdditiveModel | Inapplicable {
  const hasHidden = model.parts.some((part) => part.kind === 'network' && part.layers.length > 1);
  if (!hasHidden) return { because: 'no part of it is a network with hidden units' };
  let best: AdditiveModel | undefined;
  let [kept, lost] = [0, 1];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const share = (kept + lost) / 2;
    const parts = model.parts.map((part) =>
      part.kind === 'network' ? { ...part, ...without(part, share) } : part,
    );
    const candidate = { ...model, parts };
    if (holds(candidate)) {
      best = candidate;
      kept = share;
    } else lost = share;
  }
  return best ?? { because: 'no hidden unit can go without a loss beyond the limit' };
}

/** The network without this share of each hidden layer. */
function without(network: Network, share: number): Network {
  const layers = [...network.layers];
  for (let at = 0; at + 1 < layers.length; at++) {
    const [first, second] = [layers[at]!, layers[at + 1]!];
    const units = first.bias.length;
    const worth = worthOf(first, second);
    const ranked = [...worth.keys()].sort((a, b) => worth[b]! - worth[a]!);
    const count = Math.max(1, Math.ceil(units * LEAST_KEPT), Math.round(units * (1 - share)));
    const keep = ranked.slice(0, count).sort((a, b) => a - b);
    layers[at] = keepOutputs(first, keep);
    layers[at + 1] = keepInputs(second, keep);
  }
  return { ...network, layers };
}

function worthOf(first: DenseLayer, second: DenseLayer): number[] {
  const units = first.bias.length;
  const into = new Float64Array(units);
  for (const [i, weight] of first.weights.entries()) into[i % units]! += weight * weight;
  const outputs = second.bias.length;
  const out = new Float64Array(units);
  for (const [i, weight] of second.weights.entries()) out[Math.floor(i / outputs)]! += weight * weight;
  return Array.from(into, (value, unit) => Math.sqrt(value * out[unit]!));
}

/** Weights lie input by input, in each output by output. */
function keepOutputs({ weights, bias, ...layer }: DenseLayer, keep: readonly number[]): DenseLayer {
  const inputs = weights.length / bias.length;
  const kept = Array.from({ length: inputs }, (_, input) =>
    keep.map((unit) => weights[input * bias.length + unit]!),
  );
  return { ...layer, weights: kept.flat(), bias: keep.map((unit) => bias[unit]!) };
}

function keepInputs(layer: DenseLayer, keep: readonly number[]): DenseLayer {
  const outputs = layer.bias.length;
  const weights = keep.flatMap((unit) => layer.weights.slice(unit * outputs, (unit + 1) * outputs));
  return { ...layer, weights };
}
