import { join } from 'node:path';
import type { PredictionBatch, PredictionLog } from '../../journey/serve/index.ts';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { type EndpointLog, endpointLog, type SegmentLimits } from './endpoint-log.ts';

export type PredictionLogOptions = Partial<SegmentLimits> & {
  /** Holds `<endpoint>/<yyyy-mm-dd>/<segment>.ndjson`. */
  folder: string;
  /** The longest a record waits before it is being written. */
  flushEveryMs?: number;
  /** Records that trigger writing before that time. */
  flushAtRecords?: number;
  /** When as many records wait, more are dropped. */
  maxPendingRecords?: number;
  /** When requests of so many bytes wait, more are dropped. */
  maxPendingBytes?: number;
  clock?: Clock;
};

const DEFAULTS = {
  flushEveryMs: 100,
  flushAtRecords: 2_000,
  maxPendingRecords: 100_000,
  maxPendingBytes: 64 * 1024 * 1024,
  maxSegmentBytes: 64 * 1024 * 1024,
  maxSegmentAgeMs: 60 * 60_000,
  clock: systemClock,
};

/** The prediction log in segment files of a folder. Files and timers exist only while something is logged. */
export function openPredictionLog(options: PredictionLogOptions): PredictionLog {
  const settings = { ...DEFAULTS, ...options };
  const logs = new Map<string, EndpointLog>();
  const stats = { written: 0, dropped: 0 };
  let waiting = new Map<string, PredictionBatch[]>();
  /** Records and bytes taken and not yet on disk, those being written included. */
  let pending = { records: 0, bytes: 0 };
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let closed = false;

  function append(endpoint: string, batch: PredictionBatch): void {
    const records = batch.rows.length;
    const full =
      pending.records + records > settings.maxPendingRecords ||
      pending.bytes + batch.bytes > settings.maxPendingBytes;
    if (closed || full) {
      stats.dropped += records;
      return;
    }
    const batches = waiting.get(endpoint);
    if (batches === undefined) waiting.set(endpoint, [batch]);
    else batches.push(batch);
    pending.records += records;
    pending.bytes += batch.bytes;
    schedule(pending.records >= settings.flushAtRecords);
  }

  function schedule(soon: boolean): void {
    if (flushing !== undefined || closed) return;
    if (soon) start();
    else timer ??= setTimeout(start, settings.flushEveryMs);
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    flushing ??= flush().finally(() => {
      flushing = undefined;
      if (waiting.size > 0) schedule(pending.records >= settings.flushAtRecords);
    });
  }

  async function flush(): Promise<void> {
    // Away from the request that filled the buffer.
    await new Promise(setImmediate);
    const taken = waiting;
    waiting = new Map();
    for (const [endpoint, batches] of taken) {
      const count = await logOf(endpoint).write(batches);
      stats.written += count.written;
      stats.dropped += count.dropped;
      for (const batch of batches) {
        pending.records -= batch.rows.length;
        pending.bytes -= batch.bytes;
      }
    }
  }

  function logOf(endpoint: string): EndpointLog {
    const known = logs.get(endpoint);
    if (known !== undefined) return known;
    const log = endpointLog(join(settings.folder, folderName(endpoint)), settings, settings.clock.now);
    logs.set(endpoint, log);
    return log;
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    await flushing;
    await flush();
    await Promise.all([...logs.values()].map((log) => log.close()));
    pending = { records: 0, bytes: 0 };
  }

  return { append, stats: () => ({ ...stats, pending: pending.records }), close };
}

/** Endpoint names are letters, digits and hyphens; anything else is encoded, so that no name leads out of the folder. */
export function folderName(endpoint: string): string {
  return encodeURIComponent(endpoint).replaceAll('.', '%2E');
}
