import { intOf } from '../attributes.ts';
import { dimsOf, floatConstant, floatsOf } from '../constants.ts';
import { type Constant, type Graph, type GraphNode, isStandard } from '../graph.ts';
import type { Chain } from './chains.ts';

/** What is known of each unit of a chain: its mean, and how much the second layer would miss it. */
export type UnitScores = { mean: Float64Array; worth: Float64Array };

/**
 * The graph without the units that `keep` does not name (places in ascending order, by chain). The second layer is told in
 * its bias what they said on average.
 */
export function removeUnits(
  graph: Graph,
  chains: readonly Chain[],
  scores: readonly UnitScores[],
  keep: readonly number[][],
): Graph {
  const constants = new Map(graph.constants);
  const nodes = new Map<GraphNode, GraphNode>();
  for (const [at, chain] of chains.entries()) {
    const kept = keep[at]!;
    if (kept.length === chain.units) continue;
    takeBias(chain, scores[at]!, kept, constants, nodes);
    const { first, second, each } = chain;
    slice(constants, first.input[1]!, unitAxis(first), kept, 1);
    if ((first.input[2] ?? '') !== '') slice(constants, first.input[2]!, 0, kept, 1);
    slice(constants, second.input[1]!, 1 - unitAxis(second), kept, each);
  }
  return { ...graph, constants, nodes: graph.nodes.map((node) => nodes.get(node) ?? node) };
}

/** Of the weights: where a layer's own units lie. The other of the first two axes is what it reads. */
export function unitAxis(node: GraphNode): 0 | 1 {
  return isStandard(node, 'Gemm') && intOf(node, 'transB', 0) === 0 ? 1 : 0;
}

/** Keeps groups of `each` places along an axis. */
function slice(
  constants: Map<string, Constant>,
  name: string,
  axis: number,
  kept: readonly number[],
  each: number,
): void {
  const constant = constants.get(name)!;
  const values = floatsOf(constant)!;
  const dims = dimsOf(constant);
  if (constant.dims.length === 2 && axis === 0 && dims[0] === 1) axis = 1; // a bias as one row
  const size = dims[axis]!;
  const inner = dims.slice(axis + 1).reduce((product, one) => product * one, 1);
  const outer = values.length / (size * inner);
  const places = kept.flatMap((unit) => Array.from({ length: each }, (_, i) => unit * each + i));
  const out = new Float32Array(outer * places.length * inner);
  for (let row = 0; row < outer; row++)
    for (const [to, from] of places.entries()) {
      const start = (row * size + from) * inner;
      out.set(values.subarray(start, start + inner), (row * places.length + to) * inner);
    }
  constants.set(name, floatConstant(out, dims.with(axis, places.length)));
}

/** A Gemm's bias takes over the mean of what goes; a Conv pads with zeros, where a mean would be wrong. */
function takeBias(
  { second, units, each }: Chain,
  { mean }: UnitScores,
  kept: readonly number[],
  constants: Map<string, Constant>,
  nodes: Map<GraphNode, GraphNode>,
): void {
  const name = second.input[2] ?? '';
  const bias = floatsOf(constants.get(name));
  if (!isStandard(second, 'Gemm') || each !== 1 || bias === undefined) return;
  const weights = floatsOf(constants.get(second.input[1]!))!;
  const [rows, columns] = dimsOf(constants.get(second.input[1]!)!) as [number, number];
  const isTurned = rows === bias.length && unitAxis(second) === 0;
  const factor = second.attribute.find((one) => one.name === 'alpha')?.f ?? 1;
  const staying = new Set(kept);
  const added = Float32Array.from(bias, (value, output) => {
    let sum = value;
    for (let unit = 0; unit < units; unit++) {
      if (staying.has(unit)) continue;
      const weight = isTurned ? weights[output * columns + unit]! : weights[unit * columns + output]!;
      sum += factor * mean[unit]! * weight;
    }
    return sum;
  });
  constants.set(name, floatConstant(added, dimsOf(constants.get(name)!)));
  nodes.set(second, nodes.get(second) ?? second);
}
