import type { Job } from '@slipway/contract';
import { type Client, waitForJob } from '@slipway/sdk';
import type { Progress } from './progress-reporter.ts';
import { updateOfJob } from './progress-update.ts';

/** Waits until a job is done and reports its progress. Throws what made it fail. */
export async function followJob(client: Client, id: string, progress: Progress): Promise<Job> {
  const show = (job: Job) => {
    const update = updateOfJob(job);
    if (update !== undefined) progress.update(update);
  };
  try {
    return await waitForJob(client, id, show);
  } finally {
    progress.end();
  }
}
