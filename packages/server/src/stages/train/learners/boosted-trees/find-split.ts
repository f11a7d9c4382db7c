import { binCount } from './binned-feature.ts';
import type { Grower } from './grower.ts';
import { FOUND_NUMBERS } from './kernels/kernel-layout.ts';
import { readCut } from './node-table.ts';
import { markOwnBins, type Split } from './split.ts';
import { type SearchedNode, splitCategory } from './split-category.ts';

/** Where the threads that searched a node have written the best cut of each. */
export type Finds = { at: number; step: number; parts: number };

/**
 * The best split of a node: the best of the cuts that threads have found, or a set of categories that does better; of equal
 * ones the first feature's; null when none lowers the loss. The sums of its left side are then in the node's own place.
 */
export function findSplit(
  grower: Grower,
  node: number,
  histogram: number,
  features: Int32Array,
  finds: Finds,
): Split | null {
  const cut = bestCut(grower, node, finds);
  const best = bestCategories(grower, node, histogram, features, cut);
  if (best?.kind === 'category') sumLeftSide(grower, node, histogram, best);
  return best;
}

type Ranked = { gain: number; feature: number };

function isBetter(found: Ranked | null, best: Ranked | null): boolean {
  if (!found || !best) return found !== null;
  return found.gain > best.gain || (found.gain === best.gain && found.feature < best.feature);
}

function bestCut({ kernels, nodes, params, cuts }: Grower, node: number, finds: Finds): Split | null {
  let from = finds.at;
  let best = readCut(cuts, from);
  for (let part = 1; part < finds.parts; part++) {
    const at = finds.at + part * finds.step;
    const found = readCut(cuts, at);
    if (!isBetter(found, best)) continue;
    best = found;
    from = at;
  }
  if (!best) return null;
  kernels.copy(nodes.foundAt(node), from, FOUND_NUMBERS * 8);
  const { gain, feature, bin, missingLeft } = best;
  return { kind: 'number', feature, gain, lastLeftBin: bin, missingLeft, l2: params.l2 };
}

/** A set of categories that does better than the cut, or the cut. */
export function bestCategories(
  grower: Grower,
  node: number,
  histogram: number,
  features: Int32Array,
  cut: Split | null,
): Split | null {
  if (!grower.hasCategories) return cut;
  const { binned, layout, kernels, nodes, params, random, unpacked, settings } = grower;
  const bounds = grower.bounded ? nodes.bounds(node) : null;
  const searched: SearchedNode = { ...nodes.sums(node), gain: nodes.gain(node), bounds };
  let best = cut;
  for (const f of features) {
    const feature = binned.features[f];
    if (feature?.kind !== 'category') continue;
    const part = histogram + layout.features[f]!;
    kernels.unpackBins(part, binCount(feature), settings.numbers.byteOffset, unpacked.byteOffset);
    const found = splitCategory(f, feature, unpacked, searched, params, random);
    if (isBetter(found, best)) best = found;
  }
  return best;
}

/** Writes the sums of what goes left by a split on a category to the node's place. */
export function sumLeftSide(grower: Grower, node: number, histogram: number, split: Split): void {
  const { binned, goesLeft, kernels, layout, nodes } = grower;
  const feature = binned.features[split.feature]!;
  markOwnBins(goesLeft, split, feature);
  const part = histogram + layout.features[split.feature]!;
  kernels.sumLeft(part, binCount(feature), goesLeft.byteOffset, nodes.foundAt(node));
}
