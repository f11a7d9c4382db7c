import type { LeaderboardEntry } from '@slipway/contract';
import { type TrainedModel, type TrainingData, trainModel } from '../../journey/train/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput } from '../model.ts';
import type { PreparedRows } from './prepare-rows.ts';
import type { Told } from './story.ts';

/** Searches for the best model within the budget. */
export async function trainCandidate(
  prepared: PreparedRows,
  input: CandidateInput,
  ports: JobPorts,
  progress: (share: number, says: string) => void,
  signal: AbortSignal,
): Promise<Told<TrainedModel>> {
  const { preparation, train, order } = prepared;
  const data: TrainingData = {
    task: preparation.task as TrainingData['task'],
    classes: preparation.classes.length,
    features: train.features,
    target: train.target,
  };
  const { budgetSeconds, seed } = input;
  const trained = await trainModel(
    {
      data,
      budgetSeconds,
      seed,
      order,
      signal,
      progress: ({ spent, trials, best }) =>
        progress(spent, `${trials} models tried${best === undefined ? '' : `, best ${best.label}`}`),
    },
    { openTrials: ports.openTrials, clock: ports.clock },
  );
  const board = leaderboard(trained);
  return {
    value: trained,
    says: `${trained.label} is the best of ${trained.leaderboard.length} by ${board[0]?.metric} in ${trained.seconds.toFixed(1)} s.`,
    facts: {
      learner: trained.label,
      leaderboard: board.slice(0, 50),
      trees: trained.model.trees.length,
      linearTerms: trained.model.linear.length,
    },
  };
}

/** The leaderboard as the contract shows it. */
export function leaderboard(trained: TrainedModel): LeaderboardEntry[] {
  const { folds } = trained;
  return trained.leaderboard.map(({ rank, label, params, metric, seconds, weight }) => ({
    rank,
    learner: label,
    params,
    metric: metric.id,
    value: metric.mean,
    standardError: folds > 1 && Number.isFinite(metric.standardError) ? metric.standardError : null,
    folds,
    seconds,
    chosen: weight > 0,
  }));
}
