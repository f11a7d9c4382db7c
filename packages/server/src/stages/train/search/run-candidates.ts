import { isFailure } from '@slipway/contract';
import type { CandidateTrials } from '../making/made-trials.ts';
import type { JournalEntry, TrialFit, TrialJournal } from '../ports.ts';
import { keepBest } from './ensemble/keep-best.ts';
import { meanOf } from './ensemble/mean-of.ts';
import type { MadeFeatures } from './features/made-features.ts';
import {
  completeTrial,
  earliestLoss,
  endTrial,
  isRungComplete,
  nextFold,
  type OpenTrial,
  openTrial,
  takeFit,
} from './open-trial.ts';
import type { Plan } from './plan.ts';
import { referenceFor, whyStopped } from './pruning/stop-trial.ts';
import type { SearchConfiguration } from './search-configuration.ts';
import type { SearchState } from './search-state.ts';
import type { Candidate } from './suggest/candidate.ts';
import { candidateCap } from './suggest/candidate-cap.ts';
import { type Known, type SuggestedTrial, suggestTrials } from './suggest/suggest-trials.ts';
import { type Allowance, isAffordable, secondsFor } from './time-for.ts';
import type { Trial } from './trial.ts';

/** Trials in a row that may fail to better the best before the search ends, unless a number of trials is asked for. */
const IDLE_TRIALS = 15;

/** Candidates begun at most, those given up early among them, as a multiple of those that may be finished. */
const STOPPED_TOO = 4;

export type Search = {
  state: SearchState;
  pool: CandidateTrials;
  plan: Plan;
  goal: SearchConfiguration;
  allowance: Allowance;
  journal: TrialJournal;
  /** What the journal held when the search began: it goes on from there. */
  former: readonly JournalEntry[];
  /** Features that are made where they pay; none are when left out. */
  made: MadeFeatures | undefined;
  /** When aborted the search ends as soon as there is a trial to keep. */
  enough: AbortSignal;
  /** Told when a trial begins, at each of its fits, and when it is over. */
  changed: (trial: OpenTrial) => void;
};

/** Every trial that was begun, and those of all folds that are kept for the blend, in the order they were begun. */
export type Searched = { begun: OpenTrial[]; trials: Trial[] };

/**
 * Fits candidates on the plan's folds, as many at a time as the pool runs, until there are no more, time is up, somebody
 * says enough, or nothing has got better for long. One is fitted even when the time was up before it began. Throws what
 * went wrong when not a single trial could be done.
 */
export async function runCandidates(search: Search): Promise<Searched> {
  const { state, pool, plan, goal, allowance, journal, enough, made } = search;
  const begun: OpenTrial[] = [];
  let trials: Trial[] = [];
  let problem: unknown;
  let over = false;
  let best = { loss: Number.POSITIVE_INFINITY, ended: 0 };
  let ended = 0;
  const source = suggestTrials(state, plan, goal);
  const isIdle = () => goal.trials === undefined && ended - best.ended >= IDLE_TRIALS;

  const take = (trial: OpenTrial, fold: number, fit: TrialFit) => {
    takeFit(state, trial, fold, fit);
    // While nothing is finished, a poor model is better than none.
    if (fit.hopeless && trials.length > 0) return end(trial, 'stopped', whyHopeless(fit));
    const whyHopelessTest = made?.whyHopeless(trial);
    if (whyHopelessTest !== undefined) return end(trial, 'stopped', whyHopelessTest);
    if (!isRungComplete(trial)) return search.changed(trial);
    const others = begun.filter((other) => other !== trial);
    if (trial.rung < trial.rungs.length - 1) {
      const why = whyStopped(state, trial, others);
      if (why !== undefined) return end(trial, 'stopped', why);
      trial.rung++;
      return search.changed(trial);
    }
    const whyNoGain = made?.whyNoGain(trial);
    if (whyNoGain !== undefined) return end(trial, 'stopped', whyNoGain);
    const complete = completeTrial(trial, plan);
    trials = keepBest([...trials, complete]);
    ended++;
    const loss = meanOf(complete.losses);
    if (loss < best.loss) best = { loss, ended };
    search.changed(trial);
  };
  const end = (trial: OpenTrial, how: 'stopped' | 'failed', says: string) => {
    made?.gaveUp(trial);
    endTrial(trial, how, says);
    ended++;
    search.changed(trial);
  };
  const dressed = (proposal: SuggestedTrial | null) =>
    proposal && { ...proposal, candidate: made?.dress(proposal, begun) ?? proposal.candidate };
  const begin = (): OpenTrial | null => {
    if (isFull(begun, goal, state) || isIdle()) return null;
    const number = Math.max(0, ...begun.map((trial) => trial.number)) + 1;
    // The first is begun however little time is left: a poor model is better than none.
    const isInTime = (candidate: Candidate) =>
      begun.length === 0 || isAffordable(candidate, begun, plan, pool, allowance);
    const special = made?.next(begun) ?? null;
    const proposal =
      special !== null && isInTime(special.candidate)
        ? special
        : dressed(source.next(number, knownOf(begun, state), isInTime));
    if (proposal === null) return null;
    const trial = openTrial(state, plan, number, proposal);
    begun.push(trial);
    search.changed(trial);
    return trial;
  };
  const nextFit = (): { trial: OpenTrial; fold: number } | null => {
    if (over || (enough.aborted && trials.length > 0)) return null;
    for (const trial of begun) {
      const fold = nextFold(trial);
      if (fold !== undefined) return { trial, fold };
    }
    const trial = begin();
    return trial && { trial, fold: nextFold(trial)! };
  };
  const fitOne = async (trial: OpenTrial, fold: number) => {
    const { learner, params, made: recipes } = trial.candidate;
    const seconds = secondsFor(trial.candidate, begun, plan, pool, allowance);
    const against = referenceFor(trial, fold, begun, plan);
    trial.begun.add(fold);
    const task = {
      ...{ learner, params, fold, seed: state.seed + fold, seconds },
      ...(against && { against }),
      ...(recipes && { made: recipes }),
    };
    const fit = await pool.run(task).catch((thrown: unknown) => {
      if (isFailure(thrown, 'job.cancelled')) throw thrown;
      problem = thrown;
      return null;
    });
    if (over || trial.state !== 'running') return;
    if (fit === null) return end(trial, 'failed', 'the fit broke down');
    await journal.append({ kind: 'fit', ...about(trial), fold, fit, elapsed: allowance.budget.elapsed() });
    if (over || trial.state !== 'running') return;
    take(trial, fold, fit);
    await made?.consider(trial);
  };
  const lane = async () => {
    for (let next = nextFit(); next; next = nextFit()) await fitOne(next.trial, next.fold);
  };

  restore(search.former, begun, made, (entry) => openTrial(state, plan, entry.number, entry), take);
  if ((await made?.reopen()) === false) {
    for (const trial of begun.filter(({ candidate }) => candidate.made !== undefined))
      if (trial.state === 'running') end(trial, 'failed', 'its features could not be made again');
  }
  for (const trial of begun) await made?.consider(trial);
  source.skip(begun.map((trial) => trial.candidate));
  const lanes = Promise.all(Array.from({ length: pool.concurrency }, lane));
  await Promise.race([lanes, enoughTried(enough, lanes, () => trials.length > 0)]);
  over = true;
  if (trials.length === 0) throw problem ?? new Error('no trial could be finished');
  return { begun, trials: trials.toSorted((a, b) => a.number - b.number) };
}

/**
 * Whether as many candidates were begun as are to be. Those given up early were not looked at closely enough to fit the
 * validation rows by chance, so more of them may be tried.
 */
function isFull(begun: readonly OpenTrial[], goal: SearchConfiguration, { data }: SearchState): boolean {
  if (goal.trials !== undefined) return begun.length >= goal.trials;
  const cap = candidateCap(data.features.rows);
  return (
    begun.filter((trial) => trial.state !== 'stopped').length >= cap || begun.length >= STOPPED_TOO * cap
  );
}

function about({ number, candidate, why, race }: OpenTrial) {
  return { number, candidate, why, race };
}

/** What the sampler learns from: every trial that was looked at. */
function knownOf(begun: readonly OpenTrial[], { sampled }: SearchState): Known[] {
  return begun.flatMap((trial) => {
    const loss = earliestLoss(trial, sampled);
    return loss === undefined || !Number.isFinite(loss) ? [] : [{ candidate: trial.candidate, loss }];
  });
}

/** Takes the fits of a former life of the search in, in the order in which they were done. */
function restore(
  former: readonly JournalEntry[],
  begun: OpenTrial[],
  made: MadeFeatures | undefined,
  open: (entry: Extract<JournalEntry, { kind: 'fit' }>) => OpenTrial,
  take: (trial: OpenTrial, fold: number, fit: TrialFit) => void,
): void {
  for (const entry of former) {
    if (entry.kind === 'made')
      made?.restore(
        entry,
        begun.find(({ number }) => number === 1),
      );
    if (entry.kind !== 'fit') continue;
    let trial = begun.find((one) => one.number === entry.number);
    if (trial === undefined) {
      trial = open(entry);
      begun.push(trial);
    }
    if (trial.state === 'running' && !trial.fits.has(entry.fold)) take(trial, entry.fold, entry.fit);
  }
}

/** Resolves once somebody said enough and there is a trial to keep; never rejects. */
function enoughTried(
  enough: AbortSignal,
  lanes: Promise<unknown>,
  isSomethingDone: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (isSomethingDone()) resolve();
    };
    if (enough.aborted) look();
    enough.addEventListener('abort', look, { once: true });
    lanes.catch(() => undefined).finally(() => enough.removeEventListener('abort', look));
  });
}

function whyHopeless({ cutShort }: TrialFit): string {
  return cutShort
    ? 'its share of the time would not have done'
    : 'its learning curve fell far behind the best';
}
