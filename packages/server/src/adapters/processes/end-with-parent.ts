import { Worker } from 'node:worker_threads';

export type EndWithParentOptions = {
  /** How long the process may take to end in order once it has noticed that its parent is gone. */
  patienceMs: number;
  /** How long its main thread may take to notice. */
  noticeMs?: number;
  everyMs?: number;
};

const NOTICE_MS = 3_000;
const EVERY_MS = 500;
const HEAP_MEGABYTES = 8;

/** Runs in a thread, as text, so that no program needs another file beside it. */
const WATCH = `
  const { workerData } = require('node:worker_threads');
  const { parent, shared, patienceMs, noticeMs, everyMs } = workerData;
  let goneMs = 0;
  setInterval(() => {
    if (process.ppid === parent) return;
    goneMs += everyMs;
    const hasNoticed = Atomics.load(shared, 0) === 1;
    if (goneMs > (hasNoticed ? patienceMs : noticeMs)) process.kill(process.pid, 'SIGKILL');
  }, everyMs);
`;

/**
 * Ends this process when the one that started it is gone, also where the main thread is busy and never hears of it: a thread of its own
 * watches. A main thread that hears that the channel is closed has its time to end in order. Of a process that is stopped this thread is
 * stopped too.
 */
export function endWithParent({
  patienceMs,
  noticeMs = NOTICE_MS,
  everyMs = EVERY_MS,
}: EndWithParentOptions): void {
  const shared = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  process.once('disconnect', () => Atomics.store(shared, 0, 1));
  const worker = new Worker(WATCH, {
    eval: true,
    env: {},
    workerData: { parent: process.ppid, shared, patienceMs, noticeMs, everyMs },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
  });
  worker.on('error', () => {}); // without it the process ends by its channel
  worker.unref();
}
