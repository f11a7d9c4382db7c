import { bucketOfMs, type Counts, noShadowSums, type ShadowSums } from '../../stages/deploy/index.ts';
import { predictionsOfTensors, type Tensor } from '../../stages/pack/index.ts';
import type { Prediction } from '../../stages/serve/index.ts';
import type { ColumnRoute, LoadedRoute, TensorRoute } from '../load-route.ts';
import { usingEngine } from '../using-engine.ts';
import { addComparison } from './comparison.ts';

/** A version that gets copies, and what has come of them. */
export type Shadow = { route: LoadedRoute; percent: number; sums: ShadowSums };

/** What the live model answered, and in which time. */
export type LiveColumns = { rows: readonly unknown[]; predictions: readonly Prediction[]; ms: number };
export type LiveTensors = {
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  rows: number;
  ms: number;
  route: TensorRoute;
};

/**
 * Gives shadows their copies, after the live answers: one at a time, a piece of a request at the most, and never for more
 * than a small share of the time. What there is no room for is dropped and counted. Nothing here is waited for, and
 * nothing it throws reaches a caller.
 */
export type ShadowCopies = {
  columns(shadow: Shadow, live: LiveColumns): void;
  tensors(shadow: Shadow, live: LiveTensors): void;
};

/** Rows of one request that a shadow predicts: about a millisecond's work, as live requests are done in parts too. */
const MOST_ROWS = 256;
const MOST_WAITING = 128;
/** Tensors of requests that are over, and are held for the copies alone. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;
/** Outputs of a copy may take so many: nobody waits for it, so it is not to take memory from those who do. */
const MOST_OUTPUT_BYTES = 8 * 1024 * 1024;
/** Share of the time that shadows may take of the thread which also answers. */
const SHARE = 0.05;
const TENSOR_LIMIT_MS = 10_000;
/** Larger outputs are timed and not compared: that would take this thread too long. */
const MOST_COMPARED_BYTES = 256 * 1024;

type Copy = { shadow: Shadow; bytes: number; outputBytes: number; run: () => Promise<void> | undefined };

export function shadowCopies(draw: () => number = Math.random): ShadowCopies {
  const waiting: Copy[] = [];
  let waitingBytes = 0;
  let isBusy = false;

  function offer(copy: Copy): void {
    const { shadow } = copy;
    if (draw() * 100 >= shadow.percent) return;
    const isFull =
      waiting.length >= MOST_WAITING ||
      waitingBytes + copy.bytes > MOST_WAITING_BYTES ||
      copy.outputBytes > MOST_OUTPUT_BYTES;
    if (isFull) shadow.sums.dropped++;
    else {
      waiting.push(copy);
      waitingBytes += copy.bytes;
    }
    if (!isBusy && waiting.length > 0) rest(0);
  }

  function rest(ms: number): void {
    isBusy = true;
    setTimeout(() => void next(), ms).unref();
  }

  async function next(): Promise<void> {
    const copy = waiting.shift();
    isBusy = copy !== undefined;
    if (copy === undefined) return;
    waitingBytes -= copy.bytes;
    const startedAt = performance.now();
    await runCopy(copy);
    rest((performance.now() - startedAt) * (1 / SHARE - 1));
  }

  return {
    columns(shadow, { rows, predictions, ms }) {
      const part = rows.slice(0, MOST_ROWS);
      offer({
        shadow,
        bytes: 0,
        outputBytes: 0,
        run: () => predictColumns(shadow, { rows: part, predictions, ms }),
      });
    },
    tensors(shadow, live) {
      const outputBytes = bytesOf(live.outputs);
      const bytes = bytesOf(live.inputs) + outputBytes;
      offer({ shadow, bytes, outputBytes, run: () => predictTensors(shadow, live) });
    },
  };
}

function bytesOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

async function runCopy({ shadow: { sums }, run }: Copy): Promise<void> {
  try {
    await run();
  } catch {
    // The live answer was given long ago: all that is left to do is to count.
    sums.copies.requests++;
    sums.copies.errors++;
    sums.live.requests++;
  }
}

function predictColumns(shadow: Shadow, live: LiveColumns): Promise<void> | undefined {
  const route = shadow.route as ColumnRoute;
  return usingEngine(route, undefined, () => {
    const startedAt = performance.now();
    const compare = (predictions: readonly Prediction[]) => {
      // Of a request larger than a part, the live time is that of the part's rows.
      const liveMs = (live.ms * predictions.length) / Math.max(1, live.predictions.length);
      count(shadow.sums, { ms: performance.now() - startedAt, liveMs });
      addComparison(shadow.sums, live.predictions, predictions);
    };
    const { processes } = route.engine.graph ?? {};
    if (processes !== undefined) {
      const call = {
        deadlineAt: startedAt + TENSOR_LIMIT_MS,
        shared: true,
        maxOutputBytes: MOST_OUTPUT_BYTES,
      };
      return processes.predict(live.rows, call).then(({ predictions }) => compare(predictions));
    }
    compare(route.engine.predict(live.rows));
    return undefined;
  });
}

async function predictTensors(shadow: Shadow, live: LiveTensors): Promise<void> {
  const route = shadow.route as TensorRoute;
  const startedAt = performance.now();
  const options = { deadlineAt: startedAt + TENSOR_LIMIT_MS, maxOutputBytes: MOST_OUTPUT_BYTES };
  const ran = await route.pool.run(live.inputs, options);
  const isCompared = ran.outputs.every(({ bytes }) => bytes.length <= MOST_COMPARED_BYTES);
  // What cannot be told by rows throws, and is counted as an error alone.
  const answers = isCompared
    ? ([
        predictionsOfTensors(live.outputs, live.rows, live.route.manifest),
        predictionsOfTensors(ran.outputs, live.rows, route.manifest),
      ] as const)
    : undefined;
  count(shadow.sums, { ms: ran.inferMs, liveMs: live.ms });
  if (answers !== undefined) addComparison(shadow.sums, ...answers);
}

function count({ copies, live }: ShadowSums, { ms, liveMs }: { ms: number; liveMs: number }): void {
  countOne(copies, ms);
  countOne(live, liveMs);
}

function countOne(counts: Counts, ms: number): void {
  counts.requests++;
  counts.latency[bucketOfMs(ms)]!++;
}

export function newShadow(route: LoadedRoute, percent: number): Shadow {
  return { route, percent, sums: noShadowSums() };
}
