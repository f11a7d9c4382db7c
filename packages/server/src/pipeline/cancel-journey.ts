import { fail, failureData } from '@slipway/contract';
import type { Journey } from '../work/index.ts';
import type { CandidateInput } from './model.ts';
import type { JourneyPorts } from './ports.ts';
import { failRun } from './trial-runs.ts';

/** Stops a running journey, its jobs and its run; one that is over stays as it is. Throws `journey.missing`. */
export async function cancelJourney(
  ports: JourneyPorts,
  id: string,
  ask: { by: string; requestId: string },
): Promise<Journey> {
  const stopped: string[] = [];
  const failure = failureData(fail('job.cancelled'));
  const journey = await ports.database.transaction(async (stores) => {
    const { journeys, jobs, audit } = stores;
    const found = await journeys.get(id);
    if (found.state !== 'running') return found;
    for (const job of await jobs.list({ journeyId: id })) {
      if (job.state !== 'queued' && job.state !== 'running') continue;
      await jobs.cancel(job.id);
      if (job.kind === 'candidate') await failRun(stores, (job.input as CandidateInput).runId, failure);
      stopped.push(job.id);
    }
    for (const { stage } of found.stages.filter((one) => one.state === 'running'))
      await journeys.endStage(id, stage, 'failed', { stage, says: failure.message });
    await audit.append({ who: ask.by, what: 'journeys.cancel', subject: id, requestId: ask.requestId });
    return journeys.end(id, { state: 'cancelled', failure });
  });
  for (const jobId of stopped) ports.cancelJob(jobId);
  return journey;
}
