import { fail, failureData } from '@slipway/contract';
import type { PipelineRun } from '../../execution/index.ts';
import type { CandidateInput } from '../model.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { failRun } from './trial-runs.ts';

/** Stops a running pipeline run, its jobs and its run; one that is over stays as it is. Throws `pipeline-run.missing`. */
export async function cancelPipelineRun(
  ports: PipelineRunPorts,
  id: string,
  ask: { by: string; requestId: string },
): Promise<PipelineRun> {
  const stopped: string[] = [];
  const failure = failureData(fail('job.cancelled'));
  const pipelineRun = await ports.database.transaction(async (stores) => {
    const { pipelineRuns, jobs, audit } = stores;
    const found = await pipelineRuns.get(id);
    if (found.state !== 'running') return found;
    for (const job of await jobs.list({ pipelineRunId: id })) {
      if (job.state !== 'queued' && job.state !== 'running') continue;
      await jobs.cancel(job.id);
      if (job.kind === 'candidate') await failRun(stores, (job.input as CandidateInput).runId, failure);
      stopped.push(job.id);
    }
    for (const { stage } of found.stages.filter((one) => one.state === 'running'))
      await pipelineRuns.endStage(id, stage, 'failed', { stage, says: failure.message });
    await audit.append({ who: ask.by, what: 'pipelineRuns.cancel', subject: id, requestId: ask.requestId });
    return pipelineRuns.end(id, { state: 'cancelled', failure });
  });
  for (const jobId of stopped) ports.cancelJob(jobId);
  return pipelineRun;
}
