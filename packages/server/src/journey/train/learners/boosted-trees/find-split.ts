import type { Random } from '../../../../kernel/index.ts';
import type { BinnedMatrix } from './binned-feature.ts';
import type { NodeSums } from './leaf-score.ts';
import type { BoostedTreesParams } from './params.ts';
import type { Split } from './split.ts';
import { splitCategory } from './split-category.ts';
import { splitNumber } from './split-number.ts';

/** The best split of a node over `features`; of equal ones the first feature's; null when none lowers the loss. */
export function findSplit(
  binned: BinnedMatrix,
  features: Int32Array,
  histogram: Float64Array,
  offsets: Int32Array,
  node: NodeSums,
  params: BoostedTreesParams,
  random: Random,
): Split | null {
  let best: Split | null = null;
  for (const f of features) {
    const feature = binned.features[f]!;
    const found =
      feature.kind === 'number'
        ? splitNumber(f, feature, histogram, offsets[f]!, node, params, random)
        : splitCategory(f, feature, histogram, offsets[f]!, node, params, random);
    if (found && found.gain > (best?.gain ?? 0)) best = found;
  }
  return best;
}
