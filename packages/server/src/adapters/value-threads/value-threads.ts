import { Worker } from 'node:worker_threads';
import { FairLine, type ValueWriter } from '../../inference/index.ts';
import type { ValueRun } from '../../stages/pack/index.ts';
import type { Written } from './serve-values.ts';

export type ValueThreadsOptions = {
  /** The built entry that calls `serveValues`; of this program, `dist/value-thread.js`. */
  entry: string | URL;
  /** At most. */
  threads: number;
};

type Waiting = { run: ValueRun; resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void };

/** Threads that write the values of tensors as JSON: started when they are first needed, and started again when one dies. */
export function valueThreads({ entry, threads }: ValueThreadsOptions): ValueWriter {
  const line = new FairLine<Waiting>();
  const idle: Worker[] = [];
  const running = new Map<Worker, Waiting>();
  const all = new Set<Worker>();
  let isClosed = false;

  function dispatch(): void {
    while (line.size > 0) {
      const worker = idle.pop() ?? (all.size < threads ? start() : undefined);
      if (worker === undefined) return;
      const { item, charge } = line.take()!;
      // What a run costs is known before it is written: so much for each of its bytes.
      charge(item.run.bytes.byteLength);
      running.set(worker, item);
      worker.ref();
      worker.postMessage(item.run, [item.run.bytes.buffer as ArrayBuffer]);
    }
  }

  function start(): Worker {
    const worker = new Worker(entry, { env: {} });
    all.add(worker);
    worker.on('message', (written: Written) => {
      const done = running.get(worker);
      running.delete(worker);
      worker.unref();
      idle.push(worker);
      if (done !== undefined) settle(done, written);
      dispatch();
    });
    worker.on('error', (error) => lose(worker, error));
    worker.on('exit', () => lose(worker, new Error('the thread that writes values ended')));
    return worker;
  }

  function settle({ resolve, reject }: Waiting, written: Written): void {
    if ('bytes' in written) resolve(written.bytes);
    else reject(new Error(written.error));
  }

  function lose(worker: Worker, error: Error): void {
    if (!all.delete(worker)) return;
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
    running.get(worker)?.reject(error);
    running.delete(worker);
    if (!isClosed) dispatch();
  }

  return {
    write(run, owner) {
      if (isClosed) return Promise.reject(new Error('nothing more is written'));
      return new Promise((resolve, reject) => {
        line.add(owner, { run, resolve, reject });
        dispatch();
      });
    },
    async close() {
      isClosed = true;
      const closed = new Error('nothing more is written');
      for (const { reject } of line.remove(() => true)) reject(closed);
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
