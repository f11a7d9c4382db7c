import { type Graph, isStandard } from '../graph.ts';
import type { Chain } from './chains.ts';
import { removeUnits, type UnitScores } from './remove-units.ts';

/** Every layer keeps this share of its units at least, and one. */
const LEAST_KEPT = 0.1;
/** Kernels take so many channels at once; a number between is slower than the next larger one. */
const CONV_LANES = 16;
const GEMM_LANES = 8;
/** Halvings of the share of units that goes. */
const SEARCH_STEPS = 6;

/**
 * Takes whole hidden units and channels out, the least worth first, as many as `holds` allows: found by bisection. Undefined when none
 * may go.
 *
 * Molchanov et al. 2017, "Pruning convolutional neural networks for resource efficient inference", with what the next layer
 * reads of a unit as its worth.
 */
export async function pruneUnits(
  graph: Graph,
  chains: readonly Chain[],
  scores: readonly UnitScores[],
  holds: (graph: Graph) => Promise<boolean>,
): Promise<{ graph: Graph; removed: number; of: number } | undefined> {
  const of = chains.reduce((sum, { units }) => sum + units, 0);
  let best: { graph: Graph; removed: number; of: number } | undefined;
  let [kept, lost] = [0, 1];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const share = (kept + lost) / 2;
    const keep = keepBest(chains, scores, share);
    const removed = of - keep.reduce((sum, units) => sum + units.length, 0);
    if (removed === 0) break;
    const candidate = removeUnits(graph, chains, scores, keep);
    if (await holds(candidate)) {
      best = { graph: candidate, removed, of };
      kept = share;
    } else lost = share;
  }
  return best;
}

/** The units that stay when this share of all of them goes. */
function keepBest(chains: readonly Chain[], scores: readonly UnitScores[], share: number): number[][] {
  const all = Float64Array.from(scores.flatMap(({ worth }) => [...worth])).sort();
  const threshold = all[Math.min(all.length - 1, Math.floor(share * all.length))]!;
  return chains.map(({ first, units }, at) => {
    const { worth } = scores[at]!;
    const ranked = Array.from({ length: units }, (_, unit) => unit).sort((a, b) => worth[b]! - worth[a]!);
    const least = Math.max(1, Math.ceil(units * LEAST_KEPT));
    const worthy = ranked.filter((unit, rank) => rank < least || worth[unit]! >= threshold).length;
    const lanes = isStandard(first, 'Conv') ? CONV_LANES : GEMM_LANES;
    const kept = units < 2 * lanes ? worthy : Math.ceil(worthy / lanes) * lanes;
    return ranked.slice(0, kept).sort((a, b) => a - b);
  });
}
