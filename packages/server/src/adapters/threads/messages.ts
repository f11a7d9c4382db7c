import type { FailureData } from '@slipway/contract';
import type {
  Fold,
  LearnerData,
  LearnerId,
  TeamMemory,
  TrialFit,
  TrialTask,
} from '../../stages/train/index.ts';

/** What a thread is born with. */
export type ThreadData = {
  data: LearnerData;
  folds: readonly Fold[];
  /** One shared number, not 0 when fits are to end as soon as they can. */
  cancelled: Int32Array;
};

/**
 * To the thread: a task, with a room where others may help; or a room to help in with a fit of a learner, and the features
 * that the fit sees when it does not see all.
 */
export type TaskMessage = { id: number; task: TrialTask; teamMemory?: TeamMemory };
export type HelpMessage = { help: LearnerId; teamMemory: TeamMemory; features?: readonly number[] };

/** From the thread: one for each task, and one when it is done helping. Failures go as data, since clones lose their code. */
export type AnswerMessage = { id: number } & (
  | { fit: TrialFit }
  | { failure: FailureData }
  | { problem: unknown }
);
export type HelpedMessage = { helped: true };
