import type { LearnerId, LearnerParams } from '../../learners/index.ts';

/** A learner with parameters that the search may try. */
export type Candidate = {
  learner: LearnerId;
  params: LearnerParams;
  /** Made features that it sees beside the others, by the numbers of their recipes; none when left out. */
  made?: readonly number[];
};

/** Whether a candidate must win its way from fold to fold, and how well it must do. */
export type Race = 'none' | 'lenient' | 'strict';
