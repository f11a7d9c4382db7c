import { fail, failureFrom } from '@slipway/contract';
import type { JobPool } from '../adapters/job-processes/index.ts';
import type { Database } from '../metadata/index.ts';

const POLL_MS = 25;

/** Queues a job and waits for its output. Throws its failure; cancels it when the caller goes away. */
export async function runShortJob(
  ports: { database: Database; pool: Pick<JobPool, 'wake' | 'cancel'> },
  kind: string,
  input: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const { jobs } = ports.database.stores;
  const { id } = await jobs.enqueue(kind, input);
  ports.pool.wake();
  for (;;) {
    const job = await jobs.get(id);
    if (job.state === 'done') return job.output;
    if (job.failure !== null) throw failureFrom(job.failure);
    if (job.state === 'cancelled') throw fail('job.cancelled');
    if (signal.aborted) {
      await jobs.cancel(id);
      ports.pool.cancel(id);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
