import type { PipelineRun } from '../../execution/index.ts';
import { deployCandidate } from '../deploy/deploy-candidate.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { endFailedJob, failPipelineRun } from './end-failed.ts';

/**
 * Pipeline runs that stand still go on: after a start those that were cut off, and at any time those whose deployment ended
 * because the database went away. What has a job under way, or is being deployed, is left alone. Failures are the
 * pipeline run's; anything else is told to `onError`, and the next call tries again.
 */
export async function resumePipelineRuns(
  ports: PipelineRunPorts,
  onError: (error: unknown) => void,
): Promise<void> {
  const { pipelineRuns } = ports.database.stores;
  for (const pipelineRun of await pipelineRuns.list({ state: 'running', limit: 1000 })) {
    await resume(ports, pipelineRun).catch(onError);
  }
}

async function resume(ports: PipelineRunPorts, pipelineRun: PipelineRun): Promise<void> {
  const { database } = ports;
  const own = await database.stores.jobs.list({ pipelineRunId: pipelineRun.id });
  if (own.some((job) => job.state === 'queued' || job.state === 'running')) return;
  const failed = own.find((job) => job.state === 'failed');
  const { failure } = failed ?? {};
  if (failed && failure) await database.transaction((stores) => endFailedJob(stores, failed, failure));
  else if (own.some((job) => job.kind === 'candidate' && job.state === 'done'))
    await deployCandidate(ports, pipelineRun.id);
  else await failPipelineRun(ports, pipelineRun.id, new Error('the pipeline run has no job'));
}
