import { join } from 'node:path';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { type CallCount, type CallLog, type CallLogReader, isCallCount } from '../../stages/serve/index.ts';
import { type EndpointLog, endpointLog, type SegmentLimits } from './endpoint-log.ts';
import type { Lines } from './pending-lines.ts';
import { folderName } from './prediction-log.ts';
import { linesOf, segmentPaths } from './read-prediction-log.ts';

export type CallLogOptions = {
  /** Holds `<endpoint>.calls/<yyyy-mm-dd>/<segment>.ndjson`, beside the prediction log. */
  folder: string;
  clock?: Clock;
};

const MIB = 1024 * 1024;
const LIMITS: SegmentLimits = { maxSegmentBytes: 16 * MIB, maxSegmentAgeMs: 6 * 60 * 60_000 };
/** Appends that wait for the disk; more are dropped. */
const MOST_WAITING = 1_000;

/** Counts of calls in segment files, written in the order in which they were appended. Never throws. */
export function openCallLog({ folder, clock = systemClock }: CallLogOptions): CallLog {
  const logs = new Map<string, EndpointLog>();
  let writing: Promise<void> = Promise.resolve();
  let waiting = 0;

  function logOf(endpoint: string): EndpointLog {
    const known = logs.get(endpoint);
    if (known !== undefined) return known;
    const made = endpointLog(join(folder, callsFolder(endpoint)), LIMITS, clock.now);
    logs.set(endpoint, made);
    return made;
  }

  return {
    append(endpoint, counts) {
      if (waiting >= MOST_WAITING || counts.length === 0) return;
      waiting++;
      const parts = linesByDay(counts);
      writing = writing
        .then(async () => void (await logOf(endpoint).write(parts)))
        .catch(() => undefined)
        .finally(() => {
          waiting--;
        });
    },
    async close() {
      await writing;
      await Promise.all([...logs.values()].map((log) => log.close().catch(() => undefined)));
    },
  };
}

/** Names of endpoints hold no dot, so none is another one's folder. */
function callsFolder(endpoint: string): string {
  return `${folderName(endpoint)}.calls`;
}

function linesByDay(counts: readonly CallCount[]): Lines[] {
  const days = new Map<string, string[]>();
  for (const count of counts) {
    const day = count.ts.slice(0, 10);
    const lines = days.get(day) ?? [];
    lines.push(`${JSON.stringify(count)}\n`);
    days.set(day, lines);
  }
  return [...days].map(([day, lines]) => ({
    day,
    bytes: Buffer.from(lines.join('')),
    records: lines.length,
  }));
}

/** Reads what {@link openCallLog} writes into `folder`. */
export function callLogReader(folder: string): CallLogReader {
  return { calls: (endpoint, window) => readCalls(folder, endpoint, window) };
}

async function* readCalls(
  folder: string,
  endpoint: string,
  window: { from?: number; to?: number },
): AsyncGenerator<CallCount> {
  const from = window.from ?? Number.NEGATIVE_INFINITY;
  const to = window.to ?? Number.POSITIVE_INFINITY;
  for await (const path of segmentPaths(join(folder, callsFolder(endpoint)), window)) {
    for await (const line of linesOf(path)) {
      const count = readLine(line);
      if (count === undefined) continue;
      const at = Date.parse(count.ts);
      if (at >= from && at < to) yield count;
    }
  }
}

/** Undefined for a line that a crash tore. */
function readLine(line: string): CallCount | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isCallCount(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
