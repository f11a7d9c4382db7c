import type { Log } from './log.ts';

/** Errors of the control plane itself, which no caller is to blame for. */
export type InternalErrors = {
  /** Logs the error with what is known of its place, once, and counts it. */
  report(cause: unknown, facts?: Record<string, unknown>): void;
  /** Since the process started. */
  count(): number;
};

export function internalErrors(log: Pick<Log, 'error'>): InternalErrors {
  let count = 0;
  return {
    report(cause, facts) {
      count++;
      log.error(cause, facts);
    },
    count: () => count,
  };
}
