import type { LeaderboardEntry } from '@slipway/contract';
import { columnsOf } from '../../stages/prepare/index.ts';
import {
  parseSearchConfiguration,
  type RefitOutcome,
  type TrainedModel,
  type TrainingData,
  textsOf,
  trainModel,
} from '../../stages/train/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, TrialProgress } from '../model.ts';
import { trialRunId } from '../pipeline-runs/trial-runs.ts';
import { settleCosts } from '../start/decision-costs.ts';
import { refuseThreshold, selectionMetricOf } from '../start/selection-metric.ts';
import { finishingSeconds } from './finishing-time.ts';
import { liveBoard } from './live-board.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { refitCandidate, refitFacts, sayRefit } from './refit-candidate.ts';
import type { Progress, Told } from './stage-reporter.ts';

/** Where a training tells of itself, and hears that it is to end. */
export type Listener = { progress: Progress; trial: (news: TrialProgress) => void; signal: AbortSignal };

/** What came of a training: the model of the training side, and the same fitted again on all rows. */
export type Trained = { trained: TrainedModel; refit: RefitOutcome };

/** Searches for the best model within the budget, and fits what was chosen again on all rows. */
export async function trainCandidate(
  prepared: PreparedRows,
  input: CandidateInput,
  ports: JobPorts,
  { progress, trial, signal }: Listener,
): Promise<Told<Trained>> {
  const { preparation, train, order, groups, weights } = prepared;
  const task = preparation.task as TrainingData['task'];
  const { features, target } = train;
  const { classes, features: specs } = preparation;
  const making = { table: train.table, features: specs, target: preparation.target, classes };
  const data = {
    ...{ task, classes: preparation.classes.length, features, target },
    ...(weights && { weights }),
    ...textsOf(preparation, train.table),
  };
  const { budgetSeconds, seed, wish = {} } = input;
  const selection = selectionMetricOf(wish, task);
  const { costs, classCosts } = settleCosts(wish.costs, preparation, {
    isRetraining: input.isRetraining === true,
  });
  refuseThreshold(wish.threshold, task);
  const board = liveBoard(input.runId);
  const trained = await trainModel(
    {
      data,
      budgetSeconds,
      finishingSeconds: finishingSeconds(budgetSeconds),
      seed,
      order,
      making,
      ...(groups && { groups }),
      ...(selection && { selection }),
      ...(costs && { costs }),
      ...(classCosts && { classCosts }),
      ...(wish.threshold !== undefined && { threshold: wish.threshold }),
      ...(wish.goal && { goal: parseSearchConfiguration(wish.goal, task) }),
      signal,
      ...(wish.refit !== false && { refit: features.rows + prepared.holdout.features.rows }),
      enough: ports.enough,
      progress: ({ spent }) => progress(spent, board.says(), board.facts()),
      trial: (record) => {
        board.take(record);
        trial({ trial: record, task });
      },
    },
    { openTrials: ports.openTrials, clock: ports.clock, journal: ports.journal },
  );
  progress(1, `${sayTrained(trained, ports.enough.aborted, prepared)} Refitting it on all rows.`);
  const refit = await refitCandidate(prepared, trained, input, { ...ports, signal });
  return {
    value: { trained, refit },
    says: `${sayTrained(trained, ports.enough.aborted, prepared)} ${sayRefit(refit)}`,
    facts: {
      run: input.runId,
      learner: trained.label,
      ...(trained.decision.says !== '' && { decision: trained.decision }),
      leaderboard: leaderboard(trained, input.runId).slice(0, 50),
      tried: trained.trials.length,
      stoppedEarly: trained.trials.filter((one) => one.state === 'stopped').length,
      trees: trained.model.trees.length,
      linearTerms: trained.model.linear.length,
      refit: refitFacts(refit),
      madeFeatures: {
        says: trained.made.says,
        features: trained.made.features.map((spec) => ({ name: spec.name, columns: columnsOf(spec) })),
        tests: trained.made.tests,
      },
    },
  };
}

function sayTrained(trained: TrainedModel, enough: boolean, { sampleSays, train }: PreparedRows): string {
  const { label, leaderboard: board, trials, seconds, made } = trained;
  const stopped = trials.filter((one) => one.state === 'stopped').length;
  const raced = stopped === 0 ? '' : `, ${stopped} of them given up early,`;
  const cut = enough ? ' The search was stopped early on request.' : '';
  const sampled =
    sampleSays === '' ? '' : `, on a sample of ${train.features.rows.toLocaleString('en')} rows`;
  const count = `${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}`;
  return `${label} is the best of ${count}${raced} by ${board[0]?.metric.id} in ${seconds.toFixed(1)} s${sampled}.${cut}${made.says && ` ${made.says}`}`;
}

/** The leaderboard as the contract shows it. */
export function leaderboard(trained: TrainedModel, runId: string): LeaderboardEntry[] {
  const { folds } = trained;
  return trained.leaderboard.map(({ rank, number, label, params, metric, seconds, weight }) => ({
    rank,
    run: number === null ? null : trialRunId(runId, number),
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
