import { fail } from '@slipway/contract';
import type { Clock } from '../../kernel/index.ts';
import { blendModels, scaleModel } from './blend-models.ts';
import { LEARNERS, type LearnerParams } from './learners/index.ts';
import type { AdditiveModel, Predictions, TrainingData } from './model.ts';
import type { OpenTrialPool } from './ports.ts';
import { applyLink } from './predict.ts';
import { roundModel } from './round-model.ts';
import { startBudget } from './search/budget.ts';
import { type Calibration, calibrateMargins } from './search/calibrate-margins.ts';
import { meanOf, type Trial } from './search/candidate.ts';
import { chooseBlend } from './search/choose-blend.ts';
import { chooseThreshold } from './search/choose-threshold.ts';
import { featureImportance } from './search/feature-importance.ts';
import { fitMembers } from './search/fit-members.ts';
import { type LeaderboardEntry, leaderboardOf } from './search/leaderboard.ts';
import { blendMargins, type Member } from './search/member.ts';
import { candidateCap, candidates } from './search/next-candidate.ts';
import { type Plan, planSearch } from './search/plan.ts';
import { runCandidates } from './search/run-candidates.ts';
import { type SearchState, searchState } from './search/search-state.ts';

/** Fewer rows than this cannot be parted into folds that say anything. */
const LEAST_ROWS = 10;

/** Shares of the budget after which the search ends; the rest is for blending and, in time order, for fitting again. */
const SEARCH_SHARE = { random: 0.93, forward: 0.7 };

export type TrainRequest = {
  /** Training rows only; the hold-out is somebody else's. */
  data: TrainingData;
  /** Wall-clock seconds, kept within a tenth. Infinity tries every candidate to its end, which is reproducible to the bit. */
  budgetSeconds: number;
  seed: number;
  /** `time` when rows are in time order: folds then never learn from what came after. */
  order?: 'none' | 'time';
  /** Binary: the decision threshold, if it is not to be chosen. */
  threshold?: number;
  /** Candidates at most; fewer when the data is small. */
  maxCandidates?: number;
  progress?(progress: TrainProgress): void;
  signal?: AbortSignal;
};

export type TrainProgress = {
  phase: 'planning' | 'searching' | 'finishing';
  /** Share of the budget spent, 0 to 1. */
  spent: number;
  /** Candidates evaluated. */
  trials: number;
  /** The best so far by the primary metric. */
  best?: { label: string; value: number };
};

export type TrainedModel = {
  model: AdditiveModel;
  /** Of the learner, or of the blend with its members. */
  label: string;
  leaderboard: LeaderboardEntry[];
  decision: { threshold: number };
  /** Validation loss by round (or strength) of each trial, one for each fold. */
  curves: { label: string; params: LearnerParams; folds: number[][] }[];
  /** What the trials behind the model said about rows they had not seen. */
  outOfFold: { rows: Int32Array; predictions: Predictions };
  /** Share of each feature, by index; sums to 1. */
  featureImportance: number[];
  seconds: number;
};

export type TrainPorts = { openTrials: OpenTrialPool; clock: Clock };

/**
 * Searches learners and parameters within the budget and returns one model: a blend of cross-validated trials, or the
 * best of them where no blend is better.
 *
 * @throws `target.too-few-rows`, and `job.cancelled` when `signal` is aborted.
 */
export async function trainModel(
  request: TrainRequest,
  { openTrials, clock }: TrainPorts,
): Promise<TrainedModel> {
  const { data, seed, signal = new AbortController().signal } = request;
  if (data.features.rows < LEAST_ROWS) {
    throw fail('target.too-few-rows', { rows: data.features.rows, target: 'the target', least: LEAST_ROWS });
  }
  const budget = startBudget(clock, request.budgetSeconds);
  const report = progressReporter(request, () => budget.elapsed());
  report('planning');
  const state = searchState(data, seed, request.order === 'time');
  const pool = await openTrials(state.data, state.folds, signal);
  try {
    const plan = await planSearch(state, pool, budget);
    const trials = await runCandidates(
      state,
      pool,
      plan,
      candidatesFor(request, state, plan),
      budget,
      state.forward ? SEARCH_SHARE.forward : SEARCH_SHARE.random,
      (trial) => report('searching', trial),
    );
    report('finishing');
    const heldOut = heldOutRows(state, plan);
    const members = chooseBlend(state, trials, heldOut);
    const margins = blendMargins(members);
    const calibration = calibrateMargins(state, margins, heldOut);
    const blended = blendModels(
      await fitMembers(state, pool, members, budget),
      members.map((member) => member.weight),
    );
    const predictions = heldOutPredictions(state, margins, heldOut, calibration);
    return {
      model: roundModel(calibration ? scaleModel(blended, calibration.slope, calibration.shift) : blended),
      label: labelOf(members),
      leaderboard: leaderboardOf(state, trials, members, plan.folds),
      decision: { threshold: request.threshold ?? thresholdFor(state, predictions, heldOut) },
      curves: trials.map(curveOf),
      outOfFold: { rows: heldOut, predictions },
      featureImportance: featureImportance(members),
      seconds: budget.elapsed(),
    };
  } finally {
    await pool.close();
  }
}

function candidatesFor(request: TrainRequest, { data, outputs, seed }: SearchState, plan: Plan) {
  const cap = Math.min(
    candidateCap(data.features.rows, outputs),
    request.maxCandidates ?? Number.POSITIVE_INFINITY,
  );
  return candidates(cap, plan.haste, seed);
}

/** The rows that some fold of the plan held out, rising. */
function heldOutRows({ folds }: SearchState, plan: Plan): Int32Array {
  return Int32Array.from(folds.slice(0, plan.folds).flatMap((fold) => Array.from(fold.validation))).sort();
}

function heldOutPredictions(
  { objective, outputs }: SearchState,
  margins: Float64Array,
  rows: Int32Array,
  calibration: Calibration | null,
): Predictions {
  const { slope, shift } = calibration ?? { slope: 1, shift: [] };
  const chosen = new Float64Array(rows.length * outputs);
  rows.forEach((row, i) => {
    for (let k = 0; k < outputs; k++)
      chosen[i * outputs + k] = slope * margins[row * outputs + k]! + (shift[k] ?? 0);
  });
  return applyLink({ link: objective.link, outputs }, chosen);
}

function thresholdFor({ data }: SearchState, predictions: Predictions, rows: Int32Array): number {
  if (data.task !== 'binary') return 0.5;
  return chooseThreshold(
    Float64Array.from(rows, (row) => data.target[row]!),
    predictions.values,
  );
}

function labelOf(members: readonly Member[]): string {
  const labels = [...new Set(members.map(({ trial }) => LEARNERS[trial.candidate.learner].label))];
  return members.length === 1
    ? labels[0]!
    : `Blend of ${members.length} (${labels.join(', ').toLowerCase()})`;
}

function curveOf({ candidate, fits }: Trial) {
  return {
    label: LEARNERS[candidate.learner].label,
    params: candidate.params,
    folds: fits.map((fit) => fit.curve),
  };
}

function progressReporter({ progress, budgetSeconds }: TrainRequest, elapsed: () => number) {
  let trials = 0;
  let best: TrainProgress['best'];
  return (phase: TrainProgress['phase'], trial?: Trial) => {
    if (trial) {
      trials++;
      const value = meanOf(trial.losses);
      if (!best || value < best.value) best = { label: LEARNERS[trial.candidate.learner].label, value };
    }
    const spent = Math.min(1, elapsed() / budgetSeconds);
    progress?.(best ? { phase, spent, trials, best } : { phase, spent, trials });
  };
}
