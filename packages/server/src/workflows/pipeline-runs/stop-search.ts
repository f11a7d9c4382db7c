import { fail } from '@slipway/contract';
import type { Run } from '../../metadata/index.ts';
import type { CandidateInput } from '../model.ts';
import type { PipelineRunPorts } from '../ports.ts';

/**
 * Tells the search of a run, or of the run that a trial belongs to, that it has tried enough: it ends with the best it
 * has, and its pipeline run goes on. Throws `run.missing`, `run.not-searching`.
 */
export async function enoughTried(
  { database, sayEnough }: Pick<PipelineRunPorts, 'database' | 'sayEnough'>,
  id: string,
  ask: { by: string; requestId: string },
): Promise<Run> {
  const { runs, jobs, audit } = database.stores;
  const asked = await runs.get(id);
  const run = asked.parentRunId === null ? asked : await runs.get(asked.parentRunId);
  const own =
    run.pipelineRunId === null
      ? []
      : await jobs.list({ pipelineRunId: run.pipelineRunId, kind: 'candidate' });
  const job = own.find(({ input }) => (input as CandidateInput).runId === run.id);
  const isOpen = job?.state === 'queued' || job?.state === 'running';
  if (run.state !== 'running' || job === undefined || !isOpen) throw fail('run.not-searching', { id });
  await sayEnough(job.id);
  await audit.append({ who: ask.by, what: 'runs.stop', subject: run.id, requestId: ask.requestId });
  return run;
}
