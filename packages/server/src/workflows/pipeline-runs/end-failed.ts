import { type FailureData, fail, failureData, isFailure } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import type { Stores } from '../../metadata/index.ts';
import type { CandidateInput, StageProgress } from '../model.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { raiseBackoff } from '../retraining/retraining-backoff.ts';
import { failRun } from './trial-runs.ts';

/** Ends a pipeline run as failed, its running stage too. Throws what is no failure once that is written. */
export async function failPipelineRun(
  ports: PipelineRunPorts,
  pipelineRunId: string,
  thrown: unknown,
): Promise<void> {
  const failure = failureData(isFailure(thrown) ? thrown : fail('internal', {}, { cause: thrown }));
  await ports.database.transaction((stores) => endFailed(stores, pipelineRunId, failure));
  if (!isFailure(thrown)) throw thrown;
}

/** What follows when a job has failed: its run and its pipeline run end, too. */
export async function endFailedJob(stores: Stores, job: Job, failure: FailureData): Promise<void> {
  if (job.kind === 'candidate') await failRun(stores, (job.input as CandidateInput).runId, failure);
  if (job.pipelineRunId !== null) await endFailed(stores, job.pipelineRunId, failure);
}

async function endFailed(stores: Stores, pipelineRunId: string, failure: FailureData): Promise<void> {
  const { pipelineRuns } = stores;
  const pipelineRun = await pipelineRuns.get(pipelineRunId);
  if (pipelineRun.state !== 'running') return;
  for (const { stage } of pipelineRun.stages.filter((one) => one.state === 'running')) {
    const summary: Omit<StageProgress, 'state'> = {
      stage,
      says: failure.message,
      progress: null,
      seconds: null,
      facts: {},
    };
    await pipelineRuns.endStage(pipelineRunId, stage, 'failed', summary);
  }
  await pipelineRuns.end(pipelineRunId, { state: 'failed', failure });
  await raiseBackoff(stores, pipelineRun.name);
}
