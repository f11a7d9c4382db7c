import type { LearnerParams } from '../learners/index.ts';
import { LEARNERS } from '../learners/index.ts';
import { PRIMARY_METRIC } from '../metrics/index.ts';
import { meanOf, standardErrorOf, type Trial } from './candidate.ts';
import { blendMargins, type Member } from './member.ts';
import { primaryLoss, type SearchState } from './search-state.ts';

/** What was tried, the best first. */
export type LeaderboardEntry = {
  rank: number;
  /** `blend`, `baseline`, or the id of a learner. */
  learner: string;
  label: string;
  params: LearnerParams;
  /** Mean over the folds of the task's primary metric, and the standard error of that mean. */
  metric: { id: string; mean: number; standardError: number };
  /** Of all its fits together. */
  seconds: number;
  /** Its share in the model that was chosen. */
  weight: number;
};

type Row = Omit<LeaderboardEntry, 'rank' | 'metric'> & { losses: number[] };

export function leaderboardOf(
  state: SearchState,
  trials: readonly Trial[],
  members: readonly Member[],
  folds: number,
): LeaderboardEntry[] {
  const rows: Row[] = [...trials.map((trial) => trialRow(trial, members)), baselineRow(state, folds)];
  if (members.length > 1) rows.push(blendRow(state, members, folds));
  const { id } = PRIMARY_METRIC[state.data.task];
  return rows
    .map(({ losses, ...row }) => ({
      ...row,
      metric: { id, mean: meanOf(losses), standardError: standardErrorOf(losses) },
    }))
    .sort((a, b) => a.metric.mean - b.metric.mean)
    .map((row, i) => ({ rank: i + 1, ...row }));
}

function trialRow({ candidate, losses, seconds }: Trial, members: readonly Member[]): Row {
  const { learner, params } = candidate;
  const weight = members.find((member) => member.trial.candidate === candidate)?.weight ?? 0;
  return { learner, label: LEARNERS[learner].label, params, losses, seconds, weight };
}

function blendRow(state: SearchState, members: readonly Member[], folds: number): Row {
  const margins = blendMargins(members);
  const losses = state.folds.slice(0, folds).map((fold) => primaryLoss(state, margins, fold.validation));
  const seconds = members.reduce((sum, { trial }) => sum + trial.seconds, 0);
  return { learner: 'blend', label: 'Weighted blend', params: {}, losses, seconds, weight: 1 };
}

/** What always answering the same would score: the least a model must beat. */
function baselineRow(state: SearchState, folds: number): Row {
  const { data, objective, outputs } = state;
  const margins = new Float64Array(data.features.rows * outputs);
  const losses = state.folds.slice(0, folds).map(({ train, validation }) => {
    const base = objective.base(data.target, data.weights, train, outputs);
    for (const row of validation) margins.set(base, row * outputs);
    return primaryLoss(state, margins, validation);
  });
  return { learner: 'baseline', label: 'Constant baseline', params: {}, losses, seconds: 0, weight: 0 };
}
