import { type FailureData, failureFrom, type Job, type Journey } from '@slipway/contract';
import type { CallOptions, Client } from './client.ts';

/**
 * Follows a journey until it ends, telling `onChange` each new state. Long-polls, so changes arrive at once.
 * Throws the journey's failure when it failed; a refused or cancelled journey is returned as it is.
 */
export async function followJourney(
  client: Client,
  id: string,
  onChange: (journey: Journey) => void,
  options: CallOptions = {},
): Promise<Journey> {
  let after: string | undefined;
  for (;;) {
    const { tag, ...journey } = await client.call['journeys.get'](
      { params: { id }, query: { after } },
      options,
    );
    if (tag !== after) onChange(journey);
    after = tag;
    if (journey.state === 'failed') throw failureFrom(journey.failure as FailureData);
    if (journey.state !== 'running') return journey;
  }
}

/** Waits until a job ended and returns it; throws its failure. Polls, since jobs are short. */
export async function waitForJob(
  client: Client,
  id: string,
  onChange: (job: Job) => void = () => {},
  options: CallOptions = {},
): Promise<Job> {
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, 1000)) {
    const job = await client.call['jobs.get']({ params: { id } }, options);
    onChange(job);
    if (job.failure !== null && (job.state === 'failed' || job.state === 'cancelled')) {
      throw failureFrom(job.failure as FailureData);
    }
    if (job.state === 'done' || job.state === 'cancelled') return job;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
