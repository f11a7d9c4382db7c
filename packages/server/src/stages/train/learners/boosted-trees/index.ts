import type { Learner } from '../learner.ts';
import { boost } from './boost.ts';
import { helpGrower } from './grower.ts';
import { unfitParam } from './param-bounds.ts';
import { BOOSTED_TREES_DEFAULTS, BOOSTED_TREES_SPACE, type BoostedTreesParams } from './params.ts';

export { binFeatures } from './bin-features.ts';
export { binsOf } from './binned-feature.ts';
export { growTree } from './grow-tree.ts';
export { type Grower, makeGrower } from './grower.ts';
export type { GrownTree, Leaf } from './grown-tree.ts';
export { BOOSTED_TREES_DEFAULTS } from './params.ts';
export { closeTeamMemory, openTeamMemory, releaseTeam, type TeamMemory } from './thread-team.ts';

/** Gradient boosted decision trees over histograms. */
export const boostedTrees: Learner = {
  id: 'boosted-trees',
  label: 'Boosted trees',
  tasks: ['binary', 'multiclass', 'regression'],
  defaults: BOOSTED_TREES_DEFAULTS,
  space: BOOSTED_TREES_SPACE,
  unfit: unfitParam,
  bagging: 'average',
  fit: (data, params, context) => boost(data, params as BoostedTreesParams, context),
  help: ({ binned }, teamMemory) => helpGrower(binned, teamMemory),
  /** As many rounds as the folds stopped at on average. */
  settle(settled) {
    const rounds = settled.reduce((sum, params) => sum + Number(params.rounds), 0) / settled.length;
    return { ...settled[0], rounds: Math.max(1, Math.round(rounds)) };
  },
};
