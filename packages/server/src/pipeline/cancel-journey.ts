import { fail, failureData } from '@slipway/contract';
import type { Journey } from '../work/index.ts';
import type { JourneyPorts } from './ports.ts';

/** Stops a running journey and its jobs; one that is over stays as it is. Throws `journey.missing`. */
export async function cancelJourney(
  ports: JourneyPorts,
  id: string,
  ask: { by: string; requestId: string },
): Promise<Journey> {
  const stopped: string[] = [];
  const journey = await ports.database.transaction(async ({ journeys, jobs, audit }) => {
    const found = await journeys.get(id);
    if (found.state !== 'running') return found;
    for (const job of await jobs.list({ journeyId: id })) {
      if (job.state !== 'queued' && job.state !== 'running') continue;
      await jobs.cancel(job.id);
      stopped.push(job.id);
    }
    await audit.append({ who: ask.by, what: 'journeys.cancel', subject: id, requestId: ask.requestId });
    return journeys.end(id, { state: 'cancelled', failure: failureData(fail('job.cancelled')) });
  });
  for (const jobId of stopped) ports.cancelJob(jobId);
  return journey;
}
