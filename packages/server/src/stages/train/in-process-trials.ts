import { fail } from '@slipway/contract';
import type { Clock } from '../../kernel/index.ts';
import type { OpenTrialPool, TrialFit, TrialTask } from './ports.ts';
import { runTrial } from './run-trial.ts';

/** Fits one after the other on the calling thread, letting others have it in between. For small data and tests. */
export function inProcessTrials(clock: Clock): OpenTrialPool {
  return async (data, folds, signal) => {
    let closed = false;
    let former: Promise<unknown> = Promise.resolve();
    const runNext = (task: TrialTask): TrialFit => {
      if (closed || signal.aborted) throw fail('job.cancelled');
      return runTrial(data, folds, task, clock, () => signal.aborted);
    };
    return {
      concurrency: 1,
      run(task) {
        const fit = former.then(yieldToOthers).then(() => runNext(task));
        former = fit.catch(() => {});
        return fit;
      },
      close: async () => {
        closed = true;
      },
    };
  };
}

function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
