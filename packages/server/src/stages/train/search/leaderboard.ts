import type { LearnerParams } from '../learners/index.ts';
import { meanOf, standardErrorOf } from './ensemble/mean-of.ts';
import { ensembleMargins, type Member } from './ensemble/member.ts';
import { type OpenTrial, secondsOf } from './open-trial.ts';
import { primaryLoss } from './primary-loss.ts';
import type { SearchState } from './search-state.ts';
import { metricValue } from './selection.ts';
import { candidateLabel } from './suggest/candidate-label.ts';

/** What was tried, the best first. */
export type LeaderboardEntry = {
  rank: number;
  /** The trial's; null for the blend and the baseline. */
  number: number | null;
  /** `blend`, `baseline`, or the id of a learner. */
  learner: string;
  label: string;
  params: LearnerParams;
  /** Mean over the folds of the selected metric, and the standard error of that mean. */
  metric: { id: string; mean: number; standardError: number };
  /** Of all its fits together. */
  seconds: number;
  /** Its share in the model that was chosen. */
  weight: number;
};

type Row = Omit<LeaderboardEntry, 'rank' | 'metric'> & { losses: number[] };

export function leaderboardOf(
  state: SearchState,
  trials: readonly OpenTrial[],
  members: readonly Member[],
  folds: number,
): LeaderboardEntry[] {
  const complete = trials.filter((trial) => trial.state === 'done');
  const rows: Row[] = [
    ...complete.map((trial) => trialRow(trial, members, folds)),
    baselineRow(state, folds),
  ];
  if (members.length > 1) rows.push(ensembleRow(state, members, folds));
  const { selection } = state;
  return rows
    .sort((a, b) => meanOf(a.losses) - meanOf(b.losses))
    .map(({ losses, ...row }, i) => ({
      rank: i + 1,
      ...row,
      metric: {
        id: selection.metric.id,
        mean: metricValue(selection, meanOf(losses)),
        standardError: standardErrorOf(losses),
      },
    }));
}

function trialRow(trial: OpenTrial, members: readonly Member[], folds: number): Row {
  const { learner, params } = trial.candidate;
  const weight = members.find((member) => member.trial.number === trial.number)?.weight ?? 0;
  const losses = Array.from({ length: folds }, (_, fold) => trial.looks.get(fold)!);
  const label = candidateLabel(trial.candidate);
  return { number: trial.number, learner, label, params, losses, seconds: secondsOf(trial), weight };
}

function ensembleRow(state: SearchState, members: readonly Member[], folds: number): Row {
  const margins = ensembleMargins(members);
  const losses = state.folds.slice(0, folds).map((fold) => primaryLoss(state, margins, fold.validation));
  const seconds = members.reduce((sum, { trial }) => sum + trial.seconds, 0);
  return { number: null, learner: 'blend', label: 'Weighted blend', params: {}, losses, seconds, weight: 1 };
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
  return {
    number: null,
    learner: 'baseline',
    label: 'Constant baseline',
    params: {},
    losses,
    seconds: 0,
    weight: 0,
  };
}
