import { bytesOf, dimsOf, floatConstant, floatsOf, integerConstant } from '../constants.ts';
import type { Constant, Graph } from '../graph.ts';
import { productsOf } from '../quantize/products.ts';

/** Bytes of a weight that stays: its value and, as int64, its place. */
const BYTES_KEPT = 12;

/**
 * The smallest weights of every product as zeros, and the matrices as lists of what is left, where those are smaller
 * (sparse initializers, which the runtime writes out while it loads: the file shrinks, the sums take as long as before).
 *
 * Han et al. 2015, "Learning both weights and connections for efficient neural networks", without training again.
 */
export function zeroWeights(graph: Graph, share: number): Graph {
  const names = new Set(productsOf(graph).map(({ node }) => node.input[1]!));
  const constants = new Map(graph.constants);
  const sparse: { values: Constant; indices: Constant; dims: number[] }[] = [];
  for (const name of names) {
    const constant = constants.get(name)!;
    const values = floatsOf(constant)!;
    const threshold = Float32Array.from(values, Math.abs).sort()[Math.floor(share * (values.length - 1))]!;
    const places = [...values.keys()].filter((i) => Math.abs(values[i]!) > threshold);
    if (places.length * BYTES_KEPT < bytesOf(constant) && places.length > 0) {
      const kept = floatConstant(places.map((i) => values[i]!));
      sparse.push({ values: { ...kept, name }, indices: integerConstant(places), dims: dimsOf(constant) });
      constants.delete(name);
    } else {
      const zeroed = values.map((value) => (Math.abs(value) > threshold ? value : 0));
      constants.set(name, floatConstant(zeroed, dimsOf(constant)));
    }
  }
  const { envelope } = graph;
  const before = (envelope.graph.sparseInitializer ?? []) as unknown[];
  return {
    ...graph,
    constants,
    envelope: { ...envelope, graph: { ...envelope.graph, sparseInitializer: [...before, ...sparse] } },
  };
}
