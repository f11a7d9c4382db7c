import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fail } from '@slipway/contract';
import type { OpenTrialPool, TrialFit, TrialPool, TrialTask } from '../../journey/train/index.ts';
import type { AnswerMessage, ThreadData } from './messages.ts';
import { shareData, shareFolds } from './share-arrays.ts';

export type ThreadTrialsOptions = {
  /** The built entry that calls `serveTrials`; of this program, `dist/trial-thread.js`. */
  entry: string | URL;
  /** Threads; by default one for each core. */
  concurrency?: number;
};

type Waiting = { task: TrialTask; resolve(fit: TrialFit): void; reject(problem: unknown): void };

/** Trial pools of worker threads over shared memory, one single-threaded fit a thread. */
export function threadTrials({
  entry,
  concurrency = availableParallelism(),
}: ThreadTrialsOptions): OpenTrialPool {
  return async (data, folds, signal) => {
    const cancelled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const workerData: ThreadData = { data: shareData(data), folds: shareFolds(folds), cancelled };
    return new ThreadPool(entry, concurrency, workerData, signal);
  };
}

class ThreadPool implements TrialPool {
  readonly concurrency: number;
  readonly #entry: string | URL;
  readonly #workerData: ThreadData;
  readonly #signal: AbortSignal;
  readonly #threads = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #running = new Map<Worker, Waiting>();
  readonly #queue: Waiting[] = [];
  readonly #abort = () => void this.close();
  #closed = false;
  #tasks = 0;

  constructor(entry: string | URL, concurrency: number, workerData: ThreadData, signal: AbortSignal) {
    this.#entry = entry;
    this.concurrency = concurrency;
    this.#workerData = workerData;
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  run(task: TrialTask): Promise<TrialFit> {
    if (this.#closed || this.#signal.aborted) return Promise.reject(fail('job.cancelled'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#dispatch();
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

  /** Hands waiting tasks to idle threads, making threads as they are needed. */
  #dispatch(): void {
    while (this.#queue.length > 0 && (this.#idle.length > 0 || this.#threads.size < this.concurrency)) {
      const thread = this.#idle.pop() ?? this.#makeThread();
      const next = this.#queue.shift()!;
      this.#running.set(thread, next);
      this.#tasks++;
      thread.postMessage({ id: this.#tasks, task: next.task });
    }
  }

  #makeThread(): Worker {
    const thread = new Worker(this.#entry, { workerData: this.#workerData });
    this.#threads.add(thread);
    thread.on('message', (answer: AnswerMessage) => this.#settle(thread, answer));
    thread.on('error', (problem) => this.#lose(thread, problem));
    thread.on('exit', (code) => this.#lose(thread, new Error(`a trial thread ended with code ${code}`)));
    return thread;
  }

  #settle(thread: Worker, answer: AnswerMessage): void {
    const waiting = this.#running.get(thread);
    this.#running.delete(thread);
    this.#idle.push(thread);
    if ('fit' in answer) waiting?.resolve(answer.fit);
    else waiting?.reject(answer.problem);
    this.#dispatch();
  }

  /** A thread that died takes its task with it; a new one takes its place. */
  #lose(thread: Worker, problem: unknown): void {
    if (!this.#threads.delete(thread)) return;
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#running.get(thread)?.reject(problem);
    this.#running.delete(thread);
    if (!this.#closed) this.#dispatch();
  }
}
