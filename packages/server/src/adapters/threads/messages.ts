import type { Fold, LearnerData, TrialFit, TrialTask } from '../../journey/train/index.ts';

/** What a thread is born with. */
export type ThreadData = {
  data: LearnerData;
  folds: readonly Fold[];
  /** One shared number, not 0 when fits are to end as soon as they can. */
  cancelled: Int32Array;
};

/** To the thread. */
export type TaskMessage = { id: number; task: TrialTask };

/** From the thread: one for each task. */
export type AnswerMessage = { id: number } & ({ fit: TrialFit } | { problem: unknown });
