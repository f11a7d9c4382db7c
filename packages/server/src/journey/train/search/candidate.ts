import type { LearnerId, LearnerParams } from '../learners/index.ts';

/** A learner with parameters that the search may try. */
export type Candidate = { learner: LearnerId; params: LearnerParams };

/** Whether a candidate must win its way from fold to fold, and how well it must do. */
export type Race = 'none' | 'lenient' | 'strict';
