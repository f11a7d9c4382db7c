import type { TrainingData } from '../model.ts';
import { absoluteError } from './absolute-error.ts';
import { gamma, poisson, tweedie } from './counts.ts';
import { huber } from './huber.ts';
import { logistic } from './logistic.ts';
import type { Objective } from './objective.ts';
import { quantile } from './quantile.ts';
import { softmax } from './softmax.ts';
import { squaredError } from './squared-error.ts';

export type { Objective } from './objective.ts';
export { weightedQuantile } from './weighted-quantile.ts';

/** The objective of each task when none is asked for. */
export const OBJECTIVE_OF_TASK: Record<TrainingData['task'], Objective> = {
  binary: logistic,
  multiclass: softmax,
  regression: squaredError,
};

/** What some objectives want to know. */
export type ObjectiveParams = { alpha: number; huberDelta: number; tweediePower: number };

/** Every objective with the task that it is for. */
const OBJECTIVES = {
  logistic: { task: 'binary', of: () => logistic },
  softmax: { task: 'multiclass', of: () => softmax },
  'squared-error': { task: 'regression', of: () => squaredError },
  'absolute-error': { task: 'regression', of: () => absoluteError },
  huber: { task: 'regression', of: ({ huberDelta }) => huber(huberDelta) },
  quantile: { task: 'regression', of: ({ alpha }) => quantile(alpha) },
  poisson: { task: 'regression', of: () => poisson },
  gamma: { task: 'regression', of: () => gamma },
  tweedie: { task: 'regression', of: ({ tweediePower }) => tweedie(tweediePower) },
} as const satisfies Record<
  string,
  { task: TrainingData['task']; of: (params: ObjectiveParams) => Objective }
>;

export type ObjectiveId = keyof typeof OBJECTIVES;

export const OBJECTIVE_IDS = Object.keys(OBJECTIVES) as ObjectiveId[];

/** The objective of that name, which must be one of the task; `auto` is the task's usual one. */
export function objectiveFor(
  task: TrainingData['task'],
  id: ObjectiveId | 'auto',
  params: ObjectiveParams,
): Objective | undefined {
  if (id === 'auto') return OBJECTIVE_OF_TASK[task];
  return OBJECTIVES[id].task === task ? OBJECTIVES[id].of(params) : undefined;
}

/** How many margins a model of the task has: one, or one for each class when there are more than two. */
export function outputsOf(data: Pick<TrainingData, 'task' | 'classes'>): number {
  return data.task === 'multiclass' ? data.classes : 1;
}
