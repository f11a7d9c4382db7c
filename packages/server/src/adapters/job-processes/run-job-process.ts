import { fail, failureData, isFailure } from '@slipway/contract';
import { endWithParent } from '../processes/end-with-parent.ts';
import type { FromJob, ToJob } from './protocol.ts';

export type JobContext = {
  progress: (progress: unknown) => void;
  /** Aborts when the process is told to stop. */
  signal: AbortSignal;
};

const PATIENCE_MS = 5_000;

/**
 * The body of a job process: takes its one job from the channel, runs it, tells how it ended, and exits. Exits at
 * once when the control plane is gone, also where it is busy.
 */
export function runJobProcess(
  run: (kind: string, input: unknown, setting: unknown, context: JobContext) => Promise<unknown>,
): void {
  const controller = new AbortController();
  endWithParent({ patienceMs: PATIENCE_MS });
  process.once('disconnect', () => process.exit(0));
  process.once('SIGTERM', () => {
    controller.abort();
    process.exit(143);
  });
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group; the control plane tells us to stop
  process.once('message', (message: ToJob) => {
    const context = {
      progress: (progress: unknown) => tell({ type: 'progress', progress }),
      signal: controller.signal,
    };
    run(message.kind, message.input, message.setting, context)
      .then((output) => tell({ type: 'done', output }))
      .catch((error: unknown) => tell(failedMessage(error)))
      .finally(() => {
        process.removeAllListeners('disconnect');
        process.disconnect();
        process.exitCode = 0;
        setTimeout(() => process.exit(0), 500).unref(); // threads of native libraries may linger
      });
  });
}

function tell(message: FromJob): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, {}, () => resolve());
  });
}

function failedMessage(error: unknown): FromJob {
  const failure = isFailure(error) ? error : fail('internal', {}, { cause: error });
  const cause = failure.cause instanceof Error ? (failure.cause.stack ?? failure.cause.message) : undefined;
  return cause === undefined
    ? { type: 'failed', failure: failureData(failure) }
    : { type: 'failed', failure: failureData(failure), cause };
}
