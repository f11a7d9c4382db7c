import { fail, isFailure } from '@slipway/contract';
import { type ModelProcess, splitRows, type Tensor, type TensorParts } from '../../stages/pack/index.ts';
import { ConcurrencyWindow } from '../scaling/concurrency-window.ts';
import { PANIC_SHARE } from '../scaling/decide-workers.ts';
import type { ScaledModel, WorkersState } from '../scaling/scaled-model.ts';
import { type HoldLimits, wakeGate } from '../scaling/wake-gate.ts';
import { type Ran, type Waiting, WaitingLine } from './waiting-line.ts';
import { WorkerPool } from './worker-pool.ts';

export type PoolOptions = {
  /** Of the endpoint or model, for failures. */
  name: string;
  /** Starts a process that holds the model. */
  start: () => Promise<ModelProcess>;
  /** Memory of a process, as far as can be told before there is one. */
  bytesEach: number;
  /** Rows of a run that requests share, at most. */
  maxBatchRows: number;
  /** How long a run that is not full waits for more requests, in milliseconds. */
  maxDelayMs: number;
  /** Rows that may wait. */
  maxWaitingRows: number;
  runTimeoutMs: number;
} & HoldLimits;

export type PoolState = WorkersState & { waitingRows: number; runs: number };

/** Requests for one model, and the processes that answer them: one from the beginning, then as many as `resize` says. */
export interface ModelPool extends ScaledModel {
  /** Resolves when a process holds the model. Throws as its start does; then the pool is of no use. */
  open(): Promise<void>;
  /**
   * Runs a request whole: with others when they fit together and `shared` says that their rows do not depend on each other; one that finds no process is held while one is started. Throws
   * `predict.overloaded` and `model.resting` at once, `predict.too-late` when the deadline passes first, `endpoint.waking` when
   * no process came in time, `model.run-failed` about this request alone, `predict.answer-too-large` when its outputs take more than
   * `maxOutputBytes`, and `model.lost` when the process died on the run that it was in.
   */
  run(inputs: readonly Tensor[], options?: RunOptions): Promise<Ran>;
  state(): PoolState;
  /** Lets what waits be answered, then ends the processes. */
  close(): Promise<void>;
}

export type RunOptions = {
  /** Monotonic milliseconds; never when left out. */
  deadlineAt?: number | undefined;
  /** Whether other requests may share the run. Alone when left out. */
  shared?: boolean;
  /** Bytes that the outputs may take; any number when left out. */
  maxOutputBytes?: number;
};

/** The longest time over which load is looked at. */
const LONGEST_LOOK_MS = 600_000;

export function modelPool(options: PoolOptions): ModelPool {
  const { name, maxBatchRows, maxDelayMs, maxWaitingRows } = options;
  const line = new WaitingLine();
  const load = new ConcurrencyWindow(LONGEST_LOOK_MS, performance.now());
  const pool = new WorkerPool({
    start: options.start,
    onIdle: () => dispatch(),
    onRest: () => {
      for (const each of line.takeAll()) each.reject(resting());
    },
  });
  const gate = wakeGate(name, options, () => pool.wake());
  let runs = 0;
  let calledAt = performance.now();
  let { bytesEach } = options;
  let isClosing = false;
  let whenEmpty: (() => void) | undefined;
  let delayTimer: NodeJS.Timeout | undefined;
  let deadlineTimer: NodeJS.Timeout | undefined;
  let deadlineTimerAt = Number.POSITIVE_INFINITY;
  /** Milliseconds that a row took lately, to tell who cannot be answered in time. */
  let msPerRow = 0;

  function dispatch(): void {
    dropExpired();
    while (pool.idle > 0 && line.rows > 0) {
      const delay = waitFor();
      if (delay > 0) {
        delayTimer ??= setTimeout(() => {
          delayTimer = undefined;
          dispatch();
        }, delay);
        return;
      }
      void runTogether(pool.takeIdle()!, line.take(maxBatchRows));
    }
    settle();
  }

  /** Closing waits for the calls that came before, also for those held while a process starts, as long as one can come. */
  function settle(): void {
    if (isClosing && (load.current === 0 || pool.coming === 0)) whenEmpty?.();
  }

  /** How long the next run shall still wait for others, in milliseconds. */
  function waitFor(): number {
    if (maxDelayMs === 0 || isClosing || line.isFull(maxBatchRows)) return 0;
    return line.oldestSince! + maxDelayMs - performance.now();
  }

  function dropExpired(): void {
    for (const each of line.takeExpired(performance.now())) each.reject(fail('predict.too-late'));
    const earliest = line.earliestDeadline;
    if (earliest >= deadlineTimerAt || !Number.isFinite(earliest)) return;
    clearTimeout(deadlineTimer);
    deadlineTimerAt = earliest;
    deadlineTimer = setTimeout(
      () => {
        deadlineTimerAt = Number.POSITIVE_INFINITY;
        dropExpired();
      },
      Math.max(1, earliest - performance.now()),
    );
    deadlineTimer.unref();
  }

  async function runTogether(process: ModelProcess, waiting: readonly Waiting[]): Promise<void> {
    const begun = performance.now();
    try {
      const most = waiting.reduce((sum, { maxOutputBytes }) => sum + maxOutputBytes, 0);
      const outputs = await process.run(joined(waiting), options.runTimeoutMs, most);
      runs++;
      const inferMs = performance.now() - begun;
      const rows = waiting.reduce((sum, each) => sum + each.rows, 0);
      msPerRow = msPerRow === 0 ? inferMs / rows : 0.8 * msPerRow + 0.2 * (inferMs / rows);
      hand(waiting, outputs, begun, inferMs);
    } catch (failure) {
      fault(waiting, failure as Error);
      // Before anything else is given to a process that is gone.
      if (isFailure(failure, 'model.lost')) pool.lost(process);
    }
    pool.release(process);
  }

  function hand(waiting: readonly Waiting[], outputs: Tensor[], begun: number, inferMs: number): void {
    const parts =
      waiting.length === 1
        ? [outputs]
        : splitRows(
            outputs,
            waiting.map(({ rows }) => rows),
          );
    if (parts === undefined) {
      apart(waiting);
      return;
    }
    for (const [i, each] of waiting.entries()) {
      each.resolve({ outputs: parts[i]!, queueMs: begun - each.since, inferMs, isFirstOfRun: i === 0 });
    }
  }

  /** What the runtime refuses may be the fault of one request of many: each is run by itself then. */
  function fault(waiting: readonly Waiting[], failure: Error): void {
    const isOfOne = isFailure(failure, 'model.run-failed') || isFailure(failure, 'predict.answer-too-large');
    if (waiting.length > 1 && isOfOne) apart(waiting);
    else for (const each of waiting) each.reject(failure);
  }

  function apart(waiting: readonly Waiting[]): void {
    line.putBack(waiting.map((each) => ({ ...each, isAlone: true })));
  }

  function resting(): Error {
    const retryAfterSeconds = Math.max(1, Math.ceil(pool.restsFor(performance.now()) / 1000));
    return fail('model.resting', { name, deaths: pool.recentDeaths, retryAfterSeconds });
  }

  function refuse(rows: number, deadlineAt: number, now: number): void {
    if (isClosing) throw fail('endpoint.not-ready', { name });
    if (pool.restsFor(now) > 0) throw resting();
    if (line.rows > 0 && line.rows + rows > maxWaitingRows) throw fail('predict.overloaded', { name });
    const expectedMs = (line.rows * msPerRow) / Math.max(1, pool.size);
    if (now + expectedMs > deadlineAt) throw fail('predict.too-late');
  }

  function wait(
    inputs: readonly Tensor[],
    rows: number,
    { deadlineAt, maxOutputBytes, isAlone }: Pick<Waiting, 'deadlineAt' | 'maxOutputBytes' | 'isAlone'>,
  ): Promise<Ran> {
    const since = performance.now();
    return new Promise<Ran>((resolve, reject) => {
      const key = keyOf(inputs);
      line.add({ inputs, rows, key, deadlineAt, maxOutputBytes, since, isAlone, resolve, reject });
      dispatch();
    });
  }

  return {
    isInline: false,
    open: () => pool.open(),
    async run(inputs, options = {}) {
      const { deadlineAt = Number.POSITIVE_INFINITY, maxOutputBytes = Number.POSITIVE_INFINITY } = options;
      calledAt = performance.now();
      // A request without rows takes a turn like any other.
      const rows = Math.max(1, inputs[0]?.shape[0] ?? 1);
      refuse(rows, deadlineAt, calledAt);
      load.enter(calledAt);
      try {
        if (pool.isAsleep) await gate.hold(deadlineAt);
        if (isClosing && pool.coming === 0) throw fail('endpoint.not-ready', { name });
        const isAlone = options.shared !== true || isEmpty(inputs);
        return await wait(inputs, rows, { deadlineAt, maxOutputBytes, isAlone });
      } finally {
        calledAt = performance.now();
        load.leave(calledAt);
        settle();
      }
    },
    seen: (now, stableMs) => ({
      stable: load.average(now, stableMs),
      panic: load.average(now, stableMs * PANIC_SHARE),
      workers: pool.coming,
      idleForMs: load.current > 0 ? 0 : now - calledAt,
    }),
    bytesEach() {
      const bytes = pool.residentBytes();
      if (bytes !== undefined && pool.size > 0) bytesEach = bytes / pool.size;
      return bytesEach;
    },
    resize(workers) {
      pool.resize(workers === 0 && load.current > 0 ? 1 : workers);
    },
    state() {
      return {
        ...gate.state(),
        workers: pool.size,
        busy: pool.size - pool.idle,
        bytes: pool.residentBytes(),
        zeroSince: pool.zeroSince,
        deaths: pool.deaths,
        isResting: pool.restsFor(performance.now()) > 0,
        waitingRows: line.rows,
        runs,
      };
    },
    async close() {
      isClosing = true;
      pool.closing();
      await new Promise<void>((resolve) => {
        whenEmpty = resolve;
        dispatch();
      });
      clearTimeout(delayTimer);
      for (const each of line.takeAll()) each.reject(fail('endpoint.not-ready', { name }));
      await pool.close();
    },
  };
}

function isEmpty(inputs: readonly Tensor[]): boolean {
  return inputs[0]?.shape[0] === 0;
}

function keyOf(inputs: readonly Tensor[]): string {
  return inputs.map(({ name, type, shape }) => `${name}:${type}:${shape.slice(1).join()}`).join(';');
}

/** The inputs of all, one below the other, without copying them together. */
function joined(waiting: readonly Waiting[]): TensorParts[] {
  const rows = waiting.reduce((sum, each) => sum + each.rows, 0);
  return waiting[0]!.inputs.map(({ name, type, shape }, i) => ({
    name,
    type,
    shape: waiting.length === 1 ? shape : [rows, ...shape.slice(1)],
    parts: waiting.map(({ inputs }) => inputs[i]!.bytes),
  }));
}
