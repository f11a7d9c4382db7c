import { fail, isFailure } from '@slipway/contract';
import { type ModelProcess, splitRows, type Tensor, type TensorParts } from '../../journey/pack/index.ts';
import { Circuit } from './circuit.ts';
import { type Ran, type Waiting, WaitingLine } from './waiting-line.ts';

export type PoolOptions = {
  /** Of the endpoint or model, for failures. */
  name: string;
  /** Starts a process that holds the model. */
  start: () => Promise<ModelProcess>;
  /** Processes at most; more than one are started only while requests wait. */
  maxProcesses: number;
  /** Rows of a run at most; 1 where requests may not share one. */
  maxBatchRows: number;
  /** How long a run that is not full waits for more requests, in milliseconds. */
  maxDelayMs: number;
  /** Rows that may wait. */
  maxWaitingRows: number;
  runTimeoutMs: number;
};

export type PoolState = {
  processes: number;
  busy: number;
  waitingRows: number;
  deaths: number;
  runs: number;
  isResting: boolean;
};

/** Requests for one model, and the processes that answer them. */
export interface ModelPool {
  /** Resolves when a process holds the model. Throws as its start does; then the pool is of no use. */
  open(): Promise<void>;
  /**
   * Runs a request, with others when they fit together. Throws `predict.overloaded` and `model.resting` at once,
   * `predict.too-late` when the deadline passes first, `model.run-failed` about this request alone, and `model.lost` when the process
   * died on the run that it was in.
   */
  run(inputs: readonly Tensor[], deadlineAt?: number): Promise<Ran>;
  state(): PoolState;
  /** Lets what waits be answered, then ends the processes. */
  close(): Promise<void>;
}

/** Requests that wait so long bring another process. */
const GROW_AFTER_MS = 50;
/** A process beyond the first that was idle for so long goes. */
const SHRINK_AFTER_MS = 60_000;

export function modelPool(options: PoolOptions): ModelPool {
  const { name, maxBatchRows, maxDelayMs, maxWaitingRows, maxProcesses } = options;
  const line = new WaitingLine();
  const circuit = new Circuit();
  const all = new Set<ModelProcess>();
  const idle: ModelProcess[] = [];
  let starting = 0;
  let deaths = 0;
  let runs = 0;
  let isClosing = false;
  let isClosed = false;
  let whenEmpty: (() => void) | undefined;
  let delayTimer: NodeJS.Timeout | undefined;
  let deadlineTimer: NodeJS.Timeout | undefined;
  let deadlineTimerAt = Number.POSITIVE_INFINITY;
  let growTimer: NodeJS.Timeout | undefined;
  /** Milliseconds that a row took lately, to tell who cannot be answered in time. */
  let msPerRow = 0;

  async function launch(): Promise<void> {
    starting++;
    try {
      const process = await options.start();
      if (isClosed) {
        process.kill();
        return;
      }
      all.add(process);
      void process.ended.then(() => lost(process));
      release(process);
    } finally {
      starting--;
    }
  }

  function lost(process: ModelProcess): void {
    if (!all.delete(process)) return;
    const at = idle.indexOf(process);
    if (at >= 0) idle.splice(at, 1);
    if (isClosed) return;
    deaths++;
    if (isClosing && all.size === 0) whenEmpty?.();
    restart(circuit.died(performance.now()));
  }

  /** After a rest, if the circuit is open; whoever waits then is told at once rather than kept. */
  function restart(restMs: number): void {
    if (isClosing || all.size + starting >= maxProcesses) return;
    if (restMs > 0 && all.size === 0) for (const each of line.takeAll()) each.reject(resting());
    const begin = () => {
      if (isClosing || all.size + starting > 0) return;
      launch().catch(() => {
        deaths++;
        restart(circuit.died(performance.now()));
      });
    };
    if (restMs === 0) begin();
    else setTimeout(begin, restMs).unref();
  }

  function release(process: ModelProcess): void {
    if (!all.has(process)) return;
    idle.push(process);
    dispatch();
    if (idle.includes(process) && all.size > 1) shrinkLater(process);
  }

  function shrinkLater(process: ModelProcess): void {
    const runsBefore = runs;
    setTimeout(() => {
      const at = idle.indexOf(process);
      if (at < 0 || all.size <= 1 || runs !== runsBefore) return;
      idle.splice(at, 1);
      all.delete(process);
      process.kill();
    }, SHRINK_AFTER_MS).unref();
  }

  function dispatch(): void {
    dropExpired();
    while (idle.length > 0 && line.rows > 0) {
      const delay = waitFor();
      if (delay > 0) {
        delayTimer ??= setTimeout(() => {
          delayTimer = undefined;
          dispatch();
        }, delay);
        return;
      }
      void runTogether(idle.shift()!, line.take(maxBatchRows));
    }
    if (line.rows > 0) growLater();
    else if (isClosing && idle.length === all.size) whenEmpty?.();
  }

  /** How long the next run shall still wait for others, in milliseconds. */
  function waitFor(): number {
    if (maxDelayMs === 0 || isClosing || line.isFull(maxBatchRows)) return 0;
    return line.oldestSince! + maxDelayMs - performance.now();
  }

  function growLater(): void {
    if (growTimer !== undefined || all.size === 0 || all.size + starting >= maxProcesses) return;
    growTimer = setTimeout(() => {
      growTimer = undefined;
      const waits =
        line.oldestSince !== undefined && performance.now() - line.oldestSince >= GROW_AFTER_MS / 2;
      if (!waits || all.size === 0 || all.size + starting >= maxProcesses || isClosing) return;
      launch().catch(() => undefined); // those that are there go on
    }, GROW_AFTER_MS);
    growTimer.unref();
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
      const outputs = await process.run(joined(waiting), options.runTimeoutMs);
      runs++;
      const inferMs = performance.now() - begun;
      const rows = waiting.reduce((sum, each) => sum + each.rows, 0);
      msPerRow = msPerRow === 0 ? inferMs / rows : 0.8 * msPerRow + 0.2 * (inferMs / rows);
      hand(waiting, outputs, begun, inferMs);
    } catch (failure) {
      fault(waiting, failure as Error);
      // Before anything else is given to a process that is gone.
      if (isFailure(failure, 'model.lost')) lost(process);
    }
    release(process);
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
    if (waiting.length > 1 && isFailure(failure, 'model.run-failed')) apart(waiting);
    else for (const each of waiting) each.reject(failure);
  }

  function apart(waiting: readonly Waiting[]): void {
    line.putBack(waiting.map((each) => ({ ...each, isAlone: true })));
  }

  function resting(): Error {
    const retryAfterSeconds = Math.max(1, Math.ceil(circuit.restsFor(performance.now()) / 1000));
    return fail('model.resting', { name, deaths: circuit.recentDeaths, retryAfterSeconds });
  }

  function refuse(rows: number, deadlineAt: number, now: number): void {
    if (isClosing) throw fail('endpoint.not-ready', { name });
    if (all.size === 0 && circuit.restsFor(now) > 0) throw resting();
    if (line.rows > 0 && line.rows + rows > maxWaitingRows) throw fail('predict.overloaded', { name });
    const expectedMs = (line.rows * msPerRow) / Math.max(1, all.size);
    if (now + expectedMs > deadlineAt) throw fail('predict.too-late');
  }

  return {
    async open() {
      await launch();
    },
    async run(inputs, deadlineAt = Number.POSITIVE_INFINITY) {
      const now = performance.now();
      const rows = inputs[0]?.shape[0] ?? 1;
      refuse(rows, deadlineAt, now);
      return new Promise<Ran>((resolve, reject) => {
        line.add({
          inputs,
          rows,
          key: keyOf(inputs),
          deadlineAt,
          since: now,
          isAlone: false,
          resolve,
          reject,
        });
        dispatch();
      });
    },
    state: () => ({
      processes: all.size,
      busy: all.size - idle.length,
      waitingRows: line.rows,
      deaths,
      runs,
      isResting: all.size === 0 && circuit.restsFor(performance.now()) > 0,
    }),
    async close() {
      isClosing = true;
      await new Promise<void>((resolve) => {
        whenEmpty = resolve;
        dispatch();
        if (all.size === 0) resolve();
      });
      isClosed = true;
      clearTimeout(delayTimer);
      for (const each of line.takeAll()) each.reject(fail('endpoint.not-ready', { name }));
      for (const process of all) process.kill();
      await Promise.all([...all].map((process) => process.ended));
    },
  };
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
