import type { NamedTensor } from '../../model.ts';
import type { GraphRunner } from '../../ports.ts';
import type { Graph } from '../graph.ts';
import { type Seen, seeValues } from '../seen.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { foldConstants } from './fold-constants.ts';
import { fuseGemm } from './fuse-gemm.ts';
import { mergeEqualNodes } from './merge-equal-nodes.ts';
import { removeDeadNodes } from './remove-dead-nodes.ts';
import { removeIdentities } from './remove-identities.ts';

type Pass = (graph: Graph, seen: Seen) => Graph;

/** What changes no answer, but for the last bits of folded sums. Each makes room for the next. */
export const GRAPH_PASSES: Record<string, Pass> = {
  'dead nodes': removeDeadNodes,
  identities: removeIdentities,
  'equal nodes': mergeEqualNodes,
  'batch normalization': foldBatchNorm,
  'matrix products': fuseGemm,
};

const MOST_ROUNDS = 8;

/** Does all passes again until none finds anything more. `sample` is an input that the graph takes. */
export async function simplifyGraph(
  graph: Graph,
  sample: readonly NamedTensor[],
  runner: GraphRunner,
): Promise<Graph> {
  let simpler = await foldConstants(removeDeadNodes(graph), runner);
  const seen = await seeValues(simpler, sample, runner);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = simpler;
    for (const pass of Object.values(GRAPH_PASSES)) simpler = pass(simpler, seen);
    if (sizeOfGraph(simpler) === sizeOfGraph(before)) break;
  }
  return foldConstants(simpler, runner);
}

function sizeOfGraph({ nodes, constants }: Graph): number {
  return nodes.length + constants.size;
}
