import { asFailure } from './problem.ts';

/** Errors of this program, which no caller is to blame for, since the process started. */
export type InternalErrors = {
  /** Logs the failure once and counts it. Never throws. `requestId` is undefined where no request is known to be concerned. */
  report(failure: Error, requestId?: string): void;
  counts(): { requests: number; background: number };
};

/** @param log told of each, with its cause; what it throws is dropped, since there is nowhere else to tell it */
export function internalErrors(log: (failure: Error, requestId: string) => void): InternalErrors {
  const counts = { requests: 0, background: 0 };
  return {
    report(failure, requestId) {
      if (requestId === undefined) counts.background++;
      else counts.requests++;
      try {
        log(failure, requestId ?? '');
      } catch {
        // Counted above.
      }
    },
    counts: () => ({ ...counts }),
  };
}

/** Takes an error that concerns no known request. Never throws. */
export type OnError = (error: unknown) => void;

/** Reports errors of work in the background: timers, turns of the event loop, messages of other processes. */
export function reporting({ report }: Pick<InternalErrors, 'report'>): OnError {
  return (error) => report(asFailure(error));
}

/** Does the work; what it throws goes to `onError`, so that the work of others goes on. */
export function guarded(work: () => void, onError: OnError): void {
  try {
    work();
  } catch (error) {
    onError(error);
  }
}
