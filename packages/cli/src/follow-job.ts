import { fail, type Job } from '@slipway/contract';
import { type Client, waitForJob } from '@slipway/sdk';
import { forgetInterruption, interruption } from './interruption.ts';
import type { Progress } from './progress-reporter.ts';
import { updateOfJob } from './progress-update.ts';

/** Waits until a job that this command began is done, and reports its progress. Throws as {@link untilDone} does. */
export async function followJob(client: Client, id: string, progress: Progress): Promise<Job> {
  const show = (job: Job) => {
    const update = updateOfJob(job);
    if (update !== undefined) progress.update(update);
  };
  try {
    return await untilDone(client, id, show);
  } finally {
    progress.end();
  }
}

/**
 * Waits until a job that this command began is done. Ctrl-C cancels it. Throws what made it fail, and `job.cancelled` when somebody else
 * cancelled it.
 */
export async function untilDone(
  client: Client,
  id: string,
  onChange: (job: Job) => void = () => {},
): Promise<Job> {
  const { signal } = interruption();
  try {
    const job = await waitForJob(client, id, onChange, { signal });
    if (job.state === 'cancelled') throw fail('job.cancelled');
    return job;
  } catch (error) {
    // One that has just ended, or whose server has, is not there to cancel.
    if (signal.aborted) await client.call['jobs.cancel']({ params: { id } }).catch(() => undefined);
    throw error;
  } finally {
    forgetInterruption();
  }
}
