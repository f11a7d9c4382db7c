import { isFailure } from '@slipway/contract';
import type { Clock } from '../../kernel/index.ts';
import { averageModels } from './ensemble-models.ts';
import { type FinishedModel, finishModel } from './finish-model.ts';
import { makeData } from './making/made-data.ts';
import { type CandidateTask, type CandidateTrials, madeTrials } from './making/made-trials.ts';
import type { MakingInputs } from './making/making-inputs.ts';
import type { AdditiveModel, TrainingData } from './model.ts';
import type { OpenTrialPool } from './ports.ts';
import { refitSeconds } from './search/refit-seconds.ts';
import { type SearchState, searchState } from './search/search-state.ts';
import type { ChosenConfiguration, ChosenMember } from './search/suggest/chosen-configuration.ts';

export type RefitRequest = {
  /** All rows to learn from, in time order where the configuration is of rows in time order. */
  data: TrainingData;
  chosen: ChosenConfiguration;
  /** Group of each row, where rows belong together. */
  groups?: Int32Array;
  /** What the made features of the configuration are made of: the same rows. */
  making?: MakingInputs;
  /** Wall-clock seconds that the refit may take. */
  seconds: number;
  signal?: AbortSignal;
};

export type RefitOutcome =
  /** `rows` were learnt from, in `seconds` of wall-clock time. */
  ({ done: true; rows: number; seconds: number } & FinishedModel) | { done: false; reason: string };

/**
 * Fits the chosen configuration again on other rows, usually those of training and the hold-out together: the same
 * members with the parameters that their folds settled on, weights and calibration. A member whose fold models were
 * averaged is averaged over as many folds of the new rows, each fit learning from all rows but those of its fold; any
 * other is one fit on all rows. Nothing is chosen or stopped by validation rows. By the same seed the same model comes
 * out, bit for bit.
 *
 * Where it would take, or takes, longer than it may, there is no refit, and the reason is told. So it is when a fit fails.
 *
 * @throws `job.cancelled` when `signal` is aborted.
 */
export async function refitModel(
  request: RefitRequest,
  ports: { openTrials: OpenTrialPool; clock: Clock },
): Promise<RefitOutcome> {
  const { data, chosen, seconds: allowed } = request;
  const { rows } = data.features;
  const expected = refitSeconds(chosen, rows);
  if (expected > allowed)
    return {
      done: false,
      reason: `a fit on ${count(rows)} rows is expected to take ${figure(expected)} s, and ${figure(allowed)} s are left of the budget`,
    };
  const started = ports.clock.monotonic();
  const elapsed = () => (ports.clock.monotonic() - started) / 1000;
  try {
    const finished = await fitAgain(request, ports.openTrials, () => allowed - elapsed());
    if (finished === undefined)
      return {
        done: false,
        reason: `it was not done after ${figure(elapsed())} s, and ${figure(allowed)} s were left of the budget`,
      };
    return { done: true, rows, seconds: elapsed(), ...finished };
  } catch (thrown) {
    if (isFailure(thrown, 'job.cancelled')) throw thrown;
    return { done: false, reason: `it failed: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

/** The model of all rows; undefined when the time was not enough. */
async function fitAgain(
  { data, chosen, groups, making, signal = new AbortController().signal }: RefitRequest,
  openTrials: OpenTrialPool,
  left: () => number,
): Promise<FinishedModel | undefined> {
  const { seed, forward, selection, goal, members, recipes, units, folds } = chosen;
  const state = searchState(data, { seed, forward, groups, selection, goal, decided: { folds, units } });
  const plain = await openTrials(state.data, state.folds, signal);
  const own = data.features.columns.length;
  const trials = madeTrials(
    plain,
    openTrials,
    { own, texts: data.texts?.features ?? [] },
    state.folds,
    signal,
  );
  try {
    if (making !== undefined && members.some(({ made }) => made !== undefined)) {
      const used = [...new Set(members.flatMap((member) => foldsFor(member, state)))];
      await trials.open(makeData(state.data, recipes, making, state.folds, used, { seed, forward, groups }));
    }
    const models = await fitMembers(state, trials.trials, members, left);
    const weights = members.map(({ weight }) => weight);
    return (
      models && finishModel(state, { models, weights, calibration: chosen.calibration, making, recipes })
    );
  } finally {
    await trials.close();
    await plain.close();
  }
}

function foldsFor({ fits }: ChosenMember, { whole }: SearchState): number[] {
  return fits === 1 ? [whole] : Array.from({ length: fits }, (_, fold) => fold);
}

/** As many fits at a time as the pool runs, so that each knows how much time is left when it begins. */
async function fitMembers(
  state: SearchState,
  pool: CandidateTrials,
  members: readonly ChosenMember[],
  left: () => number,
): Promise<AdditiveModel[] | undefined> {
  const tasks = members.flatMap((member, of) =>
    foldsFor(member, state).map((fold) => ({ member, of, fold })),
  );
  const models: AdditiveModel[][] = members.map(() => []);
  let next = 0;
  let isLate = false;
  const lane = async () => {
    while (next < tasks.length && !isLate) {
      const { member, of, fold } = tasks[next++]!;
      const seconds = left();
      const fit = seconds > 0 ? await pool.run(taskOf(member, fold, state.seed, seconds)) : undefined;
      if (fit === undefined || fit.cutShort || fit.hopeless) isLate = true;
      else models[of]![fold === state.whole ? 0 : fold] = fit.model;
    }
  };
  await Promise.all(Array.from({ length: pool.concurrency }, lane));
  return isLate ? undefined : models.map(averageModels);
}

/** The texts of a member that sees none are left out by its parameters, as in the search. */
function taskOf(
  { learner, params, made }: ChosenMember,
  fold: number,
  seed: number,
  seconds: number,
): CandidateTask {
  const task = { learner, params, fold, seed, seconds };
  return made === undefined ? task : { ...task, made };
}

function count(rows: number): string {
  return rows.toLocaleString('en');
}

function figure(seconds: number): string {
  return String(Number(seconds.toPrecision(2)));
}
