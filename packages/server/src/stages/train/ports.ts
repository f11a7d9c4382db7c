import type { Fold } from './folds.ts';
import type { Fit, LearnerData, LearnerId, LearnerParams } from './learners/index.ts';
import type { RecipeGroup } from './making/find-recipes.ts';
import type { Plan } from './search/plan.ts';
import type { CurveReference } from './search/pruning/learning-curve-pruner.ts';
import type { Candidate, Race } from './search/suggest/candidate.ts';

/** One fit: a learner with its parameters on one fold. */
export type TrialTask = {
  learner: LearnerId;
  params: LearnerParams;
  /** Index into the folds that the pool was opened with. */
  fold: number;
  seed: number;
  /** Seconds after which the fit ends with the best it has; counted from when it starts, not from when it is asked for. */
  seconds: number;
  /** The curve so far behind which the fit is given up. */
  against?: CurveReference;
  /** Features of the data that it sees, in the order of its model; all when left out. */
  features?: readonly number[];
};

/** A finished fit, the wall-clock seconds it took, and whether its curve was given up. */
export type TrialFit = Fit & { seconds: number; hopeless: boolean };

/**
 * Runs fits on the cores of this machine.
 *
 * The same task gives the same fit, bit for bit, wherever and beside whatever it runs, as long as its seconds
 * suffice. Tasks start in the order in which they are asked for. Each fit uses one thread; a large one may be helped by
 * those that have nothing else to do.
 */
export interface TrialPool {
  /** How many fits run at the same time; more may be asked for and wait. */
  readonly concurrency: number;

  /**
   * The fit of `task`. Rejects with `job.cancelled` when the signal that the pool was opened with is aborted, and with
   * the error of the fit when it fails; other tasks go on.
   */
  run(task: TrialTask): Promise<TrialFit>;

  /** Ends what runs and gives threads and memory back. Tasks still open reject with `job.cancelled`. */
  close(): Promise<void>;
}

/**
 * Opens a pool over one training set. Data and folds are read, never written, until the pool is closed; a pool may keep
 * copies of arrays that do not lie in shared memory.
 */
export type OpenTrialPool = (
  data: LearnerData,
  folds: readonly Fold[],
  signal: AbortSignal,
) => Promise<TrialPool>;

/** What a search writes down to go on from after a crash. `elapsed` is what of the budget was spent by then, in seconds. */
export type JournalEntry =
  | {
      kind: 'plan';
      plan: Plan /** Of the data and what was asked for. */;
      fingerprint: string;
      elapsed: number;
    }
  | {
      kind: 'fit';
      number: number;
      candidate: Candidate;
      why: string;
      race: Race;
      fold: number;
      fit: TrialFit;
      elapsed: number;
    }
  /** Features that may be made, in the order in which they are tried. */
  | { kind: 'made'; groups: RecipeGroup[]; elapsed: number };

/**
 * Keeps what a search has done beyond the death of its process.
 *
 * An entry that `append` has resolved for survives `kill -9`. What `read` gives was verified: an entry that is damaged,
 * half written or of another form is left out, with all that came after it.
 */
export interface TrialJournal {
  /** Oldest first. */
  read(): Promise<JournalEntry[]>;
  append(entry: JournalEntry): Promise<void>;
}
