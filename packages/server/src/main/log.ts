import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, pino } from 'pino';

export type Log = {
  info(says: string): void;
  warn(says: string): void;
  error(cause: unknown, facts?: Record<string, unknown>): void;
};

/** Writes JSON lines to `<folder>/logs/control.log`; never a secret, never a request's body. */
export function openLog(folder: string): Log {
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination({ dest: join(folder, 'logs', 'control.log'), mode: 0o600 }),
  );
  return {
    info: (says) => log.info(says),
    warn: (says) => log.warn(says),
    error: (cause, facts = {}) =>
      log.error({ ...facts, err: cause }, cause instanceof Error ? cause.message : 'failed'),
  };
}
