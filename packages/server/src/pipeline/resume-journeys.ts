import { deployCandidate, failJourney } from './deploy-candidate.ts';
import type { JourneyPorts } from './ports.ts';

/**
 * After a start: journeys that were cut off go on. Their jobs are in the queue again by then; what is left are those
 * whose last job ended just before the end came. Failures are the journey's, never the start's.
 */
export async function resumeJourneys(ports: JourneyPorts): Promise<void> {
  const { journeys, jobs } = ports.database.stores;
  for (const journey of await journeys.list({ state: 'running', limit: 1000 })) {
    const own = await jobs.list({ journeyId: journey.id });
    if (own.some((job) => job.state === 'queued' || job.state === 'running')) continue;
    const failed = own.find((job) => job.state === 'failed');
    if (failed?.failure) await journeys.end(journey.id, { state: 'failed', failure: failed.failure });
    else if (own.some((job) => job.kind === 'candidate' && job.state === 'done'))
      await deployCandidate(ports, journey.id);
    else await failJourney(ports, journey.id, new Error('the journey has no job')).catch(() => undefined);
  }
}
