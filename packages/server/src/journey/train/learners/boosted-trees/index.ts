import type { Learner } from '../learner.ts';
import { boost } from './boost.ts';
import { BOOSTED_TREES_DEFAULTS, BOOSTED_TREES_SPACE, type BoostedTreesParams } from './params.ts';

export { binFeatures } from './bin-features.ts';
export { type GrownTree, growTree, type Leaf } from './grow-tree.ts';
export { type Grower, makeGrower } from './grower.ts';
export { accumulateReference } from './kernels/reference-kernels.ts';
export { openTreeKernels } from './kernels/tree-kernels.ts';
export { BOOSTED_TREES_DEFAULTS } from './params.ts';

/** Gradient boosted decision trees over histograms. */
export const boostedTrees: Learner = {
  id: 'boosted-trees',
  label: 'Boosted trees',
  tasks: ['binary', 'multiclass', 'regression'],
  defaults: BOOSTED_TREES_DEFAULTS,
  space: BOOSTED_TREES_SPACE,
  bagging: 'average',
  fit: (data, params, context) => boost(data, params as BoostedTreesParams, context),
  /** As many rounds as the folds stopped at on average. */
  settle(settled) {
    const rounds = settled.reduce((sum, params) => sum + Number(params.rounds), 0) / settled.length;
    return { ...settled[0], rounds: Math.max(1, Math.round(rounds)) };
  },
};
