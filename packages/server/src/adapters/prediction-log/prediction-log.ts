import { join } from 'node:path';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { lineWriter, type PredictionBatch, type PredictionLog } from '../../stages/serve/index.ts';
import { type EndpointLog, endpointLog, type SegmentLimits } from './endpoint-log.ts';
import { type PendingLines, pendingLines } from './pending-lines.ts';

export type PredictionLogOptions = Partial<SegmentLimits> & {
  /** Holds `<endpoint>/<yyyy-mm-dd>/<segment>.ndjson`. */
  folder: string;
  /** The longest a record waits before it is being written. */
  flushEveryMs?: number;
  /** Bytes that trigger writing before that time. */
  flushAtBytes?: number;
  /** When as many bytes wait, more are dropped. */
  maxPendingBytes?: number;
  clock?: Clock;
};

const MIB = 1024 * 1024;

const DEFAULTS = {
  flushEveryMs: 100,
  flushAtBytes: 4 * MIB,
  maxPendingBytes: 64 * MIB,
  maxSegmentBytes: 64 * MIB,
  maxSegmentAgeMs: 60 * 60_000,
  clock: systemClock,
};

type Endpoint = { pending: PendingLines; log: EndpointLog };

/** The prediction log in segment files of a folder. Files and timers exist only while something is logged. */
export function openPredictionLog(options: PredictionLogOptions): PredictionLog {
  const settings = { ...DEFAULTS, ...options };
  const writeLine = lineWriter();
  const endpoints = new Map<string, Endpoint>();
  const stats = { written: 0, dropped: 0 };
  /** Taken and not yet on disk: what waits and what is being written. */
  const pending = { records: 0, bytes: 0 };
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let closed = false;

  function append(endpoint: string, batch: PredictionBatch): void {
    const records = batch.ids.length;
    if (closed || pending.bytes >= settings.maxPendingBytes) {
      stats.dropped += records;
      return;
    }
    const lines = endpointOf(endpoint).pending;
    for (let i = 0; i < records; i++) {
      const line = writeLine(batch, i);
      lines.add(batch.at, line);
      pending.bytes += line.length;
    }
    pending.records += records;
    schedule();
  }

  function endpointOf(name: string): Endpoint {
    const known = endpoints.get(name);
    if (known !== undefined) return known;
    const log = endpointLog(join(settings.folder, folderName(name)), settings, settings.clock.now);
    const endpoint = { pending: pendingLines(), log };
    endpoints.set(name, endpoint);
    return endpoint;
  }

  function schedule(): void {
    if (flushing !== undefined || closed) return;
    if (pending.bytes >= settings.flushAtBytes) start();
    else timer ??= setTimeout(start, settings.flushEveryMs);
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    flushing ??= flush().finally(() => {
      flushing = undefined;
      if (pending.records > 0) schedule();
    });
  }

  async function flush(): Promise<void> {
    const waiting = { ...pending };
    for (const { pending: lines, log } of endpoints.values()) {
      const count = await log.write(lines.take());
      stats.written += count.written;
      stats.dropped += count.dropped;
      pending.records -= count.written + count.dropped;
    }
    pending.bytes -= waiting.bytes;
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    await flushing;
    await flush();
    await Promise.all([...endpoints.values()].map(({ log }) => log.close()));
  }

  return { append, stats: () => ({ ...stats, pending: pending.records }), close };
}

/** Endpoint names are letters, digits and hyphens; anything else is encoded, so that no name leads out of the folder. */
export function folderName(endpoint: string): string {
  return encodeURIComponent(endpoint).replaceAll('.', '%2E');
}
