import { LEARNERS, type LearnerParams } from '../learners/index.ts';
import type { TrainingData } from '../model.ts';
import { OBJECTIVE_OF_TASK, type Objective, type ObjectiveId, objectiveFor } from '../objectives/index.ts';
import type { SearchConfiguration } from './search-configuration.ts';
import type { Selection } from './selection.ts';
import type { Candidate } from './suggest/candidate.ts';

/** What minimises a metric of numbers where that is not the mean; all on the scale of the target, so that they blend. */
const OBJECTIVE_OF_METRIC = new Map(
  Object.entries<ObjectiveId>({
    mae: 'absolute-error',
    mape: 'absolute-error',
    smape: 'absolute-error',
    'median-absolute-error': 'absolute-error',
    pinball: 'quantile',
  }),
);

/** Parameters that make boosted trees learn for the metric; none where their usual loss does, or one is told. */
export function paramsForMetric(
  { metric, quantile = 0.5 }: Selection,
  goal: SearchConfiguration,
): LearnerParams {
  const objective = OBJECTIVE_OF_METRIC.get(metric.id);
  if (objective === undefined || goal.params?.objective !== undefined) return {};
  return objective === 'quantile' ? { objective, alpha: quantile } : { objective };
}

/** The candidate, learning for the metric where its learner can. */
export function forMetric(candidate: Candidate, selection: Selection, goal: SearchConfiguration): Candidate {
  if (candidate.learner !== 'boosted-trees') return candidate;
  return { ...candidate, params: { ...candidate.params, ...paramsForMetric(selection, goal) } };
}

/** The objective of the search: what its baseline minimises, and the link of its margins. */
export function objectiveOfSearch(
  task: TrainingData['task'],
  selection: Selection,
  goal: SearchConfiguration,
): Objective {
  const params = {
    ...LEARNERS['boosted-trees'].defaults,
    ...goal.params,
    ...paramsForMetric(selection, goal),
  };
  const told = params as unknown as {
    objective: ObjectiveId;
    alpha: number;
    huberDelta: number;
    tweediePower: number;
  };
  return objectiveFor(task, told.objective, told) ?? OBJECTIVE_OF_TASK[task];
}

/** Row weights under which the absolute error is the relative one, for MAPE; else those that were given. */
export function weightsForMetric(data: TrainingData, { metric }: Selection): Float64Array | undefined {
  if (metric.id !== 'mape') return data.weights;
  const sizes = data.target.map((y) => Math.abs(y));
  const mean = sizes.length / sizes.reduce((sum, size) => sum + 1 / size, 0);
  return sizes.map((size, row) => (mean / size) * (data.weights?.[row] ?? 1));
}
