import { boostedTrees } from './boosted-trees/index.ts';
import { extraTrees, randomForest } from './forest/index.ts';
import type { Learner } from './learner.ts';
import { linear } from './linear/index.ts';
import { neighbours } from './neighbours/index.ts';
import { network } from './network/index.ts';

export { closeTeamMemory, openTeamMemory, releaseTeam, type TeamMemory } from './boosted-trees/index.ts';
export type { Fit, FitContext, Learner, LearnerData, LearnerParams } from './learner.ts';

/** Every learner, by its id. */
export const LEARNERS = {
  'boosted-trees': boostedTrees,
  linear,
  'extra-trees': extraTrees,
  'random-forest': randomForest,
  neighbours,
  network,
} as const satisfies Record<string, Learner>;

export type LearnerId = keyof typeof LEARNERS;
