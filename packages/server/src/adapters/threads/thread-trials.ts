import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fail, failureFrom } from '@slipway/contract';
import {
  closeTeamMemory,
  LEARNERS,
  type Learner,
  type OpenTrialPool,
  openTeamMemory,
  releaseTeam,
  type TeamMemory,
  type TrialFit,
  type TrialPool,
  type TrialTask,
} from '../../stages/train/index.ts';
import type { AnswerMessage, HelpedMessage, HelpMessage, TaskMessage, ThreadData } from './messages.ts';
import { shareData, shareFolds } from './share-arrays.ts';

export type ThreadTrialsOptions = {
  /** The built entry that calls `serveTrials`; of this program, `dist/trial-thread.js`. */
  entry: string | URL;
  /** Threads; by default one for each core. */
  concurrency?: number;
  /** Rows times features of a fit from which idle threads help with it. */
  helpedCells?: number;
};

/** Fits of fewer cells are over before help has come (100,000 rows of 10 columns take half a second). */
const HELPED_CELLS = 1_000_000;

type Waiting = {
  task: TrialTask;
  resolve(fit: TrialFit): void;
  reject(problem: unknown): void;
  /** Where idle threads may help with it, when it is worth it; `recalled` once they were needed elsewhere. */
  teamMemory: TeamMemory | null;
  recalled: boolean;
};

/**
 * Trial pools of worker threads over shared memory. Each fit has a thread; those that have no fit help with a large one
 * until there is a fit for them.
 */
export function threadTrials({
  entry,
  concurrency = availableParallelism(),
  helpedCells = HELPED_CELLS,
}: ThreadTrialsOptions): OpenTrialPool {
  return async (data, folds, signal) => {
    const cancelled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const workerData: ThreadData = { data: shareData(data), folds: shareFolds(folds), cancelled };
    return new ThreadPool(entry, concurrency, workerData, signal, helpedCells);
  };
}

class ThreadPool implements TrialPool {
  readonly concurrency: number;
  readonly #entry: string | URL;
  readonly #workerData: ThreadData;
  readonly #signal: AbortSignal;
  readonly #helpedCells: number;
  readonly #threads = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #running = new Map<Worker, Waiting>();
  /** Threads that help, and with whose fit. */
  readonly #helping = new Map<Worker, Worker>();
  readonly #queue: Waiting[] = [];
  readonly #abort = () => void this.close();
  #closed = false;
  #tasks = 0;

  constructor(
    entry: string | URL,
    concurrency: number,
    workerData: ThreadData,
    signal: AbortSignal,
    helpedCells: number,
  ) {
    this.#entry = entry;
    this.concurrency = concurrency;
    this.#workerData = workerData;
    this.#signal = signal;
    this.#helpedCells = helpedCells;
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  run(task: TrialTask): Promise<TrialFit> {
    if (this.#closed || this.#signal.aborted) return Promise.reject(fail('job.cancelled'));
    return new Promise((resolve, reject) => {
      const teamMemory = this.#isHelped(task) ? openTeamMemory() : null;
      this.#queue.push({ task, resolve, reject, teamMemory, recalled: false });
      // Others may be asked for in the same breath: threads help only when nothing waits.
      queueMicrotask(() => this.#dispatch());
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#signal.removeEventListener('abort', this.#abort);
    Atomics.store(this.#workerData.cancelled, 0, 1);
    const open = [...this.#queue.splice(0), ...this.#running.values()];
    this.#running.clear();
    for (const { reject } of open) reject(fail('job.cancelled'));
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  #isHelped({ learner, fold, features }: TrialTask): boolean {
    const { folds, data } = this.#workerData;
    const cells = (folds[fold]?.train.length ?? 0) * (features ?? data.features.columns).length;
    const { help }: Learner = LEARNERS[learner];
    return help !== undefined && this.concurrency > 1 && cells >= this.#helpedCells;
  }

  /** Hands waiting tasks to idle threads, making threads as they are needed; those left over help with large fits. */
  #dispatch(): void {
    if (this.#closed) return;
    while (this.#queue.length > 0) {
      const thread = this.#freeThread();
      if (!thread) {
        this.#recallHelpers();
        return;
      }
      const next = this.#queue.shift()!;
      this.#running.set(thread, next);
      this.#tasks++;
      const { task, teamMemory } = next;
      thread.postMessage({ id: this.#tasks, task, ...(teamMemory && { teamMemory }) } satisfies TaskMessage);
    }
    this.#sendHelp();
  }

  #sendHelp(): void {
    for (const [lead, { task, teamMemory, recalled }] of this.#running) {
      if (!teamMemory || recalled) continue;
      for (let helper = this.#freeThread(); helper; helper = this.#freeThread()) {
        this.#helping.set(helper, lead);
        const { learner: help, features } = task;
        helper.postMessage({ help, teamMemory, ...(features && { features }) } satisfies HelpMessage);
      }
    }
  }

  #freeThread(): Worker | undefined {
    return this.#idle.pop() ?? (this.#threads.size < this.concurrency ? this.#makeThread() : undefined);
  }

  #recallHelpers(): void {
    for (const lead of this.#helping.values()) {
      const helped = this.#running.get(lead);
      if (!helped?.teamMemory) continue;
      helped.recalled = true;
      releaseTeam(helped.teamMemory);
    }
  }

  #makeThread(): Worker {
    const thread = new Worker(this.#entry, { workerData: this.#workerData });
    this.#threads.add(thread);
    thread.on('message', (message: AnswerMessage | HelpedMessage) => {
      if ('helped' in message) this.#helping.delete(thread);
      else this.#settle(thread, message);
      this.#idle.push(thread);
      this.#dispatch();
    });
    thread.on('error', (problem) => this.#lose(thread, problem));
    thread.on('exit', (code) => this.#lose(thread, new Error(`a trial thread ended with code ${code}`)));
    return thread;
  }

  #settle(thread: Worker, answer: AnswerMessage): void {
    const waiting = this.#running.get(thread);
    this.#running.delete(thread);
    if (waiting?.teamMemory) closeTeamMemory(waiting.teamMemory);
    if ('fit' in answer) waiting?.resolve(answer.fit);
    else waiting?.reject('failure' in answer ? failureFrom(answer.failure) : answer.problem);
  }

  /** A thread that died takes its task with it, and whatever it helped with; a new one takes its place. */
  #lose(thread: Worker, problem: unknown): void {
    if (!this.#threads.delete(thread)) return;
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    const waiting = this.#running.get(thread);
    if (waiting?.teamMemory) closeTeamMemory(waiting.teamMemory);
    waiting?.reject(problem);
    this.#running.delete(thread);
    void this.#helping.get(thread)?.terminate();
    this.#helping.delete(thread);
    this.#dispatch();
  }
}
