import { isoTime } from '../kernel/index.ts';
import type { Call } from './call.ts';
import type { Outcome } from './exchange.ts';

/** Takes lines of the access log; never throws. */
export type LineSink = (lines: string) => void;

export type AccessLog = {
  write(call: Call, outcome: Outcome, http?: { method: string; path: string }): void;
  close(): void;
};

const FLUSH_EVERY_MS = 200;
const FLUSH_FROM = 64 * 1024;

/**
 * One JSON line a request. A token is told by the first letters of its SHA-256; bodies, queries
 * and tokens are never in it.
 *
 * @param now epoch milliseconds
 */
export function accessLog(sink: LineSink, now: () => number): AccessLog {
  let lines = '';
  function flush(): void {
    if (lines === '') return;
    sink(lines);
    lines = '';
  }
  const timer = setInterval(flush, FLUSH_EVERY_MS).unref();
  return {
    write(call, outcome, http) {
      lines += `${JSON.stringify(lineOf(call, outcome, now(), http))}\n`;
      if (lines.length > FLUSH_FROM) flush();
    },
    close() {
      clearInterval(timer);
      flush();
    },
  };
}

function lineOf(
  call: Call,
  { status, bytes, seconds }: Outcome,
  at: number,
  http: { method: string; path: string } | undefined,
) {
  return {
    time: isoTime(at),
    requestId: call.requestId,
    traceId: call.trace?.traceId,
    dialect: call.dialect,
    ...http,
    endpoint: call.endpoint?.name,
    model: call.route?.modelName,
    version: call.route?.modelVersion,
    caller: call.caller?.tokenHash.slice(0, 8) || undefined,
    status,
    rows: call.rows,
    bytes,
    ms: Math.round(seconds * 1e6) / 1000,
  };
}
