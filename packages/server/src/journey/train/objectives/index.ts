import type { TrainingData } from '../model.ts';
import { logistic } from './logistic.ts';
import type { Objective } from './objective.ts';
import { softmax } from './softmax.ts';
import { squaredError } from './squared-error.ts';

export type { Objective } from './objective.ts';

/** The objective of each task when none is asked for. */
export const OBJECTIVE_OF_TASK: Record<TrainingData['task'], Objective> = {
  binary: logistic,
  multiclass: softmax,
  regression: squaredError,
};

/** How many margins a model of the task has: one, or one for each class when there are more than two. */
export function outputsOf(data: Pick<TrainingData, 'task' | 'classes'>): number {
  return data.task === 'multiclass' ? data.classes : 1;
}
