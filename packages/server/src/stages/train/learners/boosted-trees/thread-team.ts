import { ownValue } from '@slipway/contract';
/**
 * Several threads at one fit. The lead hands out jobs; every thread of the crew does its part of each, and the lead goes on
 * when all are done. Jobs are split so that what comes out does not depend on how many threads there are.
 */

/** Threads of a crew at most. */
export const MOST_THREADS = 16;

/** Numbers that a job may be given. */
const MOST_NUMBERS = 32;

/** Looks at the word this often before a thread goes to sleep: waking it takes longer than most jobs. */
const LOOKS = 5_000;

/** Where the threads of a crew meet: plain memory that all of them have. */
export type TeamMemory = { readonly control: Int32Array; readonly given: Float64Array };

/**
 * Indices into `control`: the word (round, parts and job in one number, so that they are always of one another), threads
 * that are done with it, helpers that have come, whether they are wanted elsewhere.
 */
const WORD = 0;
const DONE = 1;
const PRESENT = 2;
const RECALLED = 3;

const JOB_BITS = 6;
const PARTS_BITS = 6;

/** The job that ends the helpers' shift. */
const LEAVE = 0;

export function openTeamMemory(): TeamMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * 4)),
    given: new Float64Array(new SharedArrayBuffer(8 * MOST_NUMBERS)),
  };
}

/** Has the lead send its helpers away at its next muster, since there is other work for them; for any thread to call. */
export function releaseTeam({ control }: TeamMemory): void {
  Atomics.store(control, RECALLED, 1);
}

/** Sends helpers away whose lead is gone, those that are yet to come too; for any thread to call, but the lead's. */
export function closeTeamMemory({ control }: TeamMemory): void {
  Atomics.store(control, WORD, 1 << (JOB_BITS + PARTS_BITS));
  Atomics.notify(control, WORD);
}

/** Work that threads share. `args` are numbers by name; part `part` of `parts` is done. */
export type Job<Name extends string = string> = {
  fields: readonly Name[];
  run(args: Readonly<Record<Name, number>>, part: number, parts: number): void;
};

/** The lead's side. */
export type ThreadTeam = {
  /** Threads that are here now; helpers that come later count from the next muster on. */
  barrier(): number;
  /** Threads at the last muster. */
  readonly parts: number;
  /** All mustered threads do their parts. */
  run<Name extends string>(job: Job<Name>, args: Readonly<Record<Name, number>>): void;
  /** Sends the helpers away, those that are yet to come too. */
  dismiss(): void;
};

/** A crew of the calling thread and whoever helps in the room; `jobs` is the list that helpers have, too. */
export function leadTeam(
  jobs: readonly Job[],
  { control, given }: TeamMemory = openTeamMemory(),
): ThreadTeam {
  let parts = 1;
  let round = 0;
  const start = (job: number) => {
    round++;
    Atomics.store(control, DONE, 0);
    Atomics.store(control, WORD, (((round << PARTS_BITS) | parts) << JOB_BITS) | job);
    Atomics.notify(control, WORD);
  };
  return {
    get parts() {
      return parts;
    },
    barrier() {
      if (Atomics.load(control, RECALLED) !== 0 && parts > 1) start(LEAVE);
      if (Atomics.load(control, RECALLED) !== 0) parts = 1;
      else parts = Math.min(MOST_THREADS, Atomics.load(control, PRESENT) + 1);
      return parts;
    },
    run(job, args) {
      if (parts === 1) return job.run(args, 0, 1);
      job.fields.forEach((name, i) => {
        given[i] = ownValue<number>(args, name)!;
      });
      start(jobs.indexOf(job as unknown as Job) + 1);
      job.run(args, 0, parts);
      awaitValue(control, DONE, (done) => done >= parts - 1);
    },
    dismiss: () => start(LEAVE),
  };
}

/** Helps until the lead sends everyone away; blocks the calling thread. */
export function helpTeam(jobs: readonly Job[], { control, given }: TeamMemory): void {
  let word = Atomics.load(control, WORD);
  const left = (now: number) => now !== 0 && now % (1 << JOB_BITS) === LEAVE;
  if (left(word)) return;
  const part = Atomics.add(control, PRESENT, 1) + 1;
  for (;;) {
    const former = word;
    word = awaitValue(control, WORD, (now) => now !== former);
    if (left(word)) return;
    const parts = (word >> JOB_BITS) & ((1 << PARTS_BITS) - 1);
    if (part >= parts) continue;
    const job = jobs[(word & ((1 << JOB_BITS) - 1)) - 1]!;
    job.run(Object.fromEntries(job.fields.map((name, i) => [name, given[i]!])), part, parts);
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}

function awaitValue(control: Int32Array, index: number, good: (value: number) => boolean): number {
  for (let look = 0; look < LOOKS; look++) {
    const value = Atomics.load(control, index);
    if (good(value)) return value;
  }
  for (;;) {
    const value = Atomics.load(control, index);
    if (good(value)) return value;
    Atomics.wait(control, index, value);
  }
}
