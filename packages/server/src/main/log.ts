import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { boundedLogFile } from './bounded-log-file.ts';

export type Log = {
  info(says: string): void;
  warn(says: string): void;
  error(cause: unknown, facts?: Record<string, unknown>): void;
};

const WARNING = 40;

/**
 * Writes JSON lines to `<folder>/logs/control.log`; never a secret, never a request's body. Never throws: lines for which there is no
 * room are dropped, and told of when there is room again.
 */
export function openLog(folder: string): Log {
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const file = boundedLogFile(join(folder, 'logs', 'control.log'), droppedLines);
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => file.write(line.trimEnd()) },
  );
  return {
    info: (says) => log.info(says),
    warn: (says) => log.warn(says),
    error: (cause, facts = {}) =>
      log.error({ ...facts, err: cause }, cause instanceof Error ? cause.message : 'failed'),
  };
}

function droppedLines(lines: number, code: string): string {
  const msg = `${lines} ${lines === 1 ? 'line' : 'lines'} of this log could not be written (${code})`;
  return JSON.stringify({ level: WARNING, time: new Date().toISOString(), msg });
}
