import { fail } from '@slipway/contract';
import type { Clock } from '../../kernel/index.ts';
import type { TextFeature } from '../prepare/index.ts';
import type { DecisionCosts, ThresholdDecision } from './decision.ts';
import { finishModel } from './finish-model.ts';
import { madeTrials } from './making/made-trials.ts';
import type { MakingInputs } from './making/making-inputs.ts';
import type { AdditiveModel, Predictions, TrainingData } from './model.ts';
import type { OpenTrialPool, TrialJournal } from './ports.ts';
import { applyLink } from './predict.ts';
import { startBudget } from './search/budget.ts';
import { type Calibration, calibrateMargins } from './search/decision/calibrate-margins.ts';
import { chooseThreshold, setThreshold } from './search/decision/choose-threshold.ts';
import { type ClassCostMatrix, classCostDecision } from './search/decision/class-cost-decision.ts';
import { shiftClasses } from './search/decision/shift-classes.ts';
import { affordableLeaves } from './search/ensemble/affordable-leaves.ts';
import { chooseEnsemble } from './search/ensemble/choose-ensemble.ts';
import { fitMembers } from './search/ensemble/fit-members.ts';
import { ensembleMargins, type Member } from './search/ensemble/member.ts';
import { featureImportance } from './search/features/feature-importance.ts';
import { madeFeatures } from './search/features/made-features.ts';
import { type MadeOutcome, madeOutcome } from './search/features/settle-made.ts';
import { type LeaderboardEntry, leaderboardOf } from './search/leaderboard.ts';
import { lossSoFar, type OpenTrial } from './search/open-trial.ts';
import type { Plan } from './search/plan.ts';
import { planSearch } from './search/plan-search.ts';
import { primaryLoss } from './search/primary-loss.ts';
import { fingerprintOf, forgetful, planEntry, resumedState } from './search/resumed-state.ts';
import { runCandidates } from './search/run-candidates.ts';
import type { SearchConfiguration } from './search/search-configuration.ts';
import { searchShare } from './search/search-share.ts';
import { type SearchState, searchState } from './search/search-state.ts';
import { metricValue, type Selection } from './search/selection.ts';
import { candidateLabel } from './search/suggest/candidate-label.ts';
import { type ChosenConfiguration, chosenConfiguration } from './search/suggest/chosen-configuration.ts';
import { recordOf, type TrialRecord } from './search/trial-record.ts';
import { predictionsFromUnits } from './target-units.ts';

/** Fewer rows than this cannot be parted into folds that say anything. */
const LEAST_ROWS = 10;

export type TrainRequest = {
  /** Training rows only; the hold-out is somebody else's. */
  data: TrainingData;
  /** Wall-clock seconds, kept within a tenth. Infinity tries every candidate to its end, which is reproducible to the bit. */
  budgetSeconds: number;
  /** Time that validating, optimizing and packing the model may take, which bounds its size; no bound when left out. */
  finishingSeconds?: number;
  seed: number;
  /** `time` when rows are in time order: folds then never learn from what came after. */
  order?: 'none' | 'time';
  /** Group of each row, when rows belong together: folds never part a group. */
  groups?: Int32Array;
  /** What trials are judged by: log loss for classes and RMSE for numbers when left out. */
  selection?: Selection;
  /** What is searched; everything when left out. */
  goal?: SearchConfiguration;
  /** What features may be made of, where they pay; none are when left out. */
  making?: MakingInputs;
  /** Rows that `refitModel` is to learn from afterwards, for which some of the time is kept; none when left out. */
  refit?: number;
  /** Binary: the decision threshold, if it is not to be chosen. */
  threshold?: number;
  /** Binary: the decision threshold is chosen where the expected cost is least. */
  costs?: DecisionCosts;
  /** Several classes: the one of least expected cost is answered. */
  classCosts?: ClassCostMatrix;
  progress?(progress: TrainProgress): void;
  /** Told of each trial: when it begins, at each of its fits, and when it is over. */
  trial?(record: TrialRecord): void;
  signal?: AbortSignal;
  /** When aborted the search ends with what it has, as soon as it has something. */
  enough?: AbortSignal;
};

export type TrainProgress = {
  phase: 'planning' | 'searching' | 'finishing';
  /** Share of the budget spent, 0 to 1. */
  spent: number;
  /** Trials that are over. */
  trials: number;
  /** The best so far by the selected metric. */
  best?: { label: string; value: number };
};

export type TrainedModel = {
  /** Its features are those of the data, behind them those of `made`, and then `texts`. */
  model: AdditiveModel;
  made: MadeOutcome;
  /** Features that sum up the terms of texts as the model weighs them. */
  texts: TextFeature[];
  /** What was decided, for `refitModel`. */
  chosen: ChosenConfiguration;
  /** Of the learner, or of the blend with its members. */
  label: string;
  leaderboard: LeaderboardEntry[];
  /** Everything that was tried, also what was stopped early, in the order in which it was begun. */
  trials: TrialRecord[];
  /** Folds that every finished trial was judged on. */
  folds: number;
  /** How probabilities become a class, and why; of no meaning for numbers. */
  decision: ThresholdDecision;
  /** What the trials behind the model said about rows they had not seen. */
  outOfFold: { rows: Int32Array; predictions: Predictions };
  /** Share of each feature, by index; sums to 1. */
  featureImportance: number[];
  /** Of the budget, with what a former life of the search spent. */
  seconds: number;
};

export type TrainPorts = { openTrials: OpenTrialPool; clock: Clock; journal?: TrialJournal };

/**
 * Searches learners and parameters within the budget and returns one model: a blend of cross-validated trials, or the
 * best of them where no blend is better. A search whose journal holds what a former life of it did goes on from there.
 *
 * @throws `target.too-few-rows`, `metric.undefined` when the metric says nothing about this target, and `job.cancelled`
 *   when `signal` is aborted.
 */
export async function trainModel(request: TrainRequest, ports: TrainPorts): Promise<TrainedModel> {
  const { data, seed, goal = {}, signal = never(), enough = never() } = request;
  const { openTrials, clock, journal = forgetful } = ports;
  if (data.features.rows < LEAST_ROWS) {
    throw fail('target.too-few-rows', { rows: data.features.rows, target: 'the target', least: LEAST_ROWS });
  }
  const { order, groups, selection } = request;
  const state = searchState(data, { seed, forward: order === 'time', groups, selection, goal });
  refuseUndefined(state);
  const former = await resumedState(journal, fingerprintOf(state, goal));
  const budget = startBudget(clock, request.budgetSeconds, former.elapsed);
  const tell = progressReporter(request, state, () => budget.elapsed());
  tell.phase('planning');
  const plain = await openTrials(state.data, state.folds, signal);
  const own = data.features.columns.length;
  const withMade = madeTrials(
    plain,
    openTrials,
    { own, texts: data.texts?.features ?? [] },
    state.folds,
    signal,
  );
  const pool = withMade.trials;
  try {
    const plan = former.plan ?? (await planSearch(state, pool, budget, goal));
    if (!former.plan) await journal.append(planEntry(state, goal, plan, budget));
    const mostLeaves = affordableLeaves(request.finishingSeconds);
    const shares = searchShare(state, budget.seconds, request.refit, pool.concurrency, mostLeaves);
    const allowance = {
      budget,
      get share() {
        return shares.share();
      },
    };
    const { open, retire } = withMade;
    const { concurrency } = pool;
    const made =
      request.making &&
      madeFeatures({
        ...{
          state,
          plan,
          goal,
          inputs: request.making,
          allowance,
          concurrency,
          journal,
          groups,
          open,
          retire,
        },
      });
    const { begun, trials } = await runCandidates({
      state,
      pool,
      plan,
      goal,
      allowance,
      made,
      journal,
      former: former.entries,
      enough,
      changed: (trial) => {
        request.trial?.(recordOf(state, plan, trial));
        shares.take(trial, plan);
        if (trial.state !== 'running') tell.trial(trial, plan);
      },
    });
    tell.phase('finishing');
    const heldOut = heldOutRows(state, plan);
    const members = chooseEnsemble(state, trials, heldOut, mostLeaves);
    const margins = ensembleMargins(members);
    const calibrated = calibrateMargins(state, margins, heldOut);
    // Expected costs are of probabilities as they are in the data.
    const calibration = request.classCosts ? calibrated : withShift(state, margins, heldOut, calibrated);
    const outcome = made?.outcome();
    const recipes = outcome?.recipes ?? [];
    const finished = finishModel(state, {
      models: await fitMembers(state, pool, members, budget, enough, mostLeaves),
      weights: members.map((member) => member.weight),
      calibration,
      making: request.making,
      recipes,
    });
    const predictions = heldOutPredictions(state, margins, heldOut, calibration);
    return {
      model: finished.model,
      texts: finished.texts,
      made: madeOutcome(state, finished.made, outcome),
      chosen: chosenConfiguration(state, members, mostLeaves, { recipes, calibration, goal, concurrency }),
      label: labelOf(members),
      leaderboard: leaderboardOf(state, begun, members, plan.folds),
      trials: begun.map((trial) => recordOf(state, plan, trial)),
      folds: plan.folds,
      decision: thresholdFor(state, predictions, heldOut, request),
      outOfFold: { rows: heldOut, predictions },
      featureImportance: featureImportance(members),
      seconds: budget.elapsed(),
    };
  } finally {
    await withMade.close();
    await plain.close();
  }
}

const never = () => new AbortController().signal;

/** The calibration, and where the metric asks for it what makes rare ones of several classes answered more often. */
function withShift(
  state: SearchState,
  margins: Float64Array,
  rows: Int32Array,
  calibration: Calibration | null,
): Calibration | null {
  const { outputs } = state;
  const { slope, shift } = calibration ?? { slope: 1, shift: new Array<number>(outputs).fill(0) };
  const calibrated = margins.map((margin, i) => slope * margin + shift[i % outputs]!);
  const raised = shiftClasses(state, calibrated, rows);
  return raised === null ? calibration : { slope, shift: shift.map((value, k) => value + raised[k]!) };
}

/** A metric that is undefined for always answering the same is undefined for this target (a zero to divide by). */
function refuseUndefined(state: SearchState): void {
  const { data, objective, outputs, whole, folds, selection } = state;
  const rows = folds[whole]!.train;
  const base = objective.base(data.target, data.weights, rows, outputs);
  const margins = new Float64Array(rows.length * outputs);
  for (const row of rows) margins.set(base, row * outputs);
  if (Number.isFinite(primaryLoss(state, margins, rows))) return;
  throw fail('metric.undefined', { metric: selection.metric.id }, { path: 'metric' });
}

/** The rows that some fold of the plan held out, rising. */
function heldOutRows({ folds }: SearchState, plan: Plan): Int32Array {
  return Int32Array.from(folds.slice(0, plan.folds).flatMap((fold) => Array.from(fold.validation))).sort();
}

function heldOutPredictions(
  { objective, outputs, units }: SearchState,
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
  return predictionsFromUnits(applyLink({ link: objective.link, outputs }, chosen), units);
}

function thresholdFor(
  { data, selection }: SearchState,
  predictions: Predictions,
  rows: Int32Array,
  { threshold, costs, classCosts }: Pick<TrainRequest, 'threshold' | 'costs' | 'classCosts'>,
): ThresholdDecision {
  const target = Float64Array.from(rows, (row) => data.target[row]!);
  if (data.task === 'multiclass' && classCosts) return classCostDecision(target, predictions, classCosts);
  if (data.task !== 'binary') return { threshold: threshold ?? 0.5, by: 'default', says: '' };
  const { metric } = selection;
  if (threshold !== undefined) return setThreshold(target, predictions.values, threshold);
  return chooseThreshold(target, predictions.values, { metric, ...(costs && { costs }) });
}

function labelOf(members: readonly Member[]): string {
  const labels = [...new Set(members.map(({ trial }) => candidateLabel(trial.candidate)))];
  return members.length === 1
    ? labels[0]!
    : `Blend of ${members.length} (${labels.join(', ').toLowerCase()})`;
}

function progressReporter(
  { progress, budgetSeconds }: TrainRequest,
  state: SearchState,
  elapsed: () => number,
) {
  let trials = 0;
  let best: { label: string; loss: number } | undefined;
  const phase = (name: TrainProgress['phase']) => {
    const spent = Math.min(1, elapsed() / budgetSeconds);
    const found = best && { label: best.label, value: metricValue(state.selection, best.loss) };
    progress?.({ phase: name, spent, trials, ...(found && { best: found }) });
  };
  return {
    phase,
    trial(trial: OpenTrial, plan: Plan) {
      trials++;
      const loss = lossSoFar(trial, plan);
      if (trial.state === 'done' && !(loss >= (best?.loss ?? Number.POSITIVE_INFINITY)))
        best = { label: candidateLabel(trial.candidate), loss };
      phase('searching');
    },
  };
}
