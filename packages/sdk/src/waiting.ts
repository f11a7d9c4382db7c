import { type FailureData, failureFrom, type Job, type PipelineRun } from '@slipway/contract';
import type { CallOptions, Client } from './client.ts';

/**
 * Follows a pipeline run until it ends, telling `onChange` each new state. Long-polls, so changes arrive at once.
 * Throws the pipeline run's failure when it failed; a refused or cancelled pipeline run is returned as it is.
 */
export async function followPipelineRun(
  client: Client,
  id: string,
  onChange: (pipelineRun: PipelineRun) => void,
  options: CallOptions = {},
): Promise<PipelineRun> {
  let after: string | undefined;
  for (;;) {
    const { tag, ...pipelineRun } = await client.call['pipelineRuns.get'](
      { params: { id }, query: { after } },
      options,
    );
    if (tag !== after) onChange(pipelineRun);
    after = tag;
    if (pipelineRun.state === 'failed') throw failureFrom(pipelineRun.failure as FailureData);
    if (pipelineRun.state !== 'running') return pipelineRun;
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
