import { failureFrom } from '@slipway/contract';
import type { Journey } from '../work/index.ts';
import { deployCandidate, failJourney } from './deploy-candidate.ts';
import type { JourneyPorts } from './ports.ts';

/**
 * After a start: journeys that were cut off go on. Their jobs are in the queue again by then; what is left are those
 * whose last job ended just before the end came. Failures are the journey's, never the start's.
 */
export async function resumeJourneys(ports: JourneyPorts, onError: (error: unknown) => void): Promise<void> {
  const { journeys } = ports.database.stores;
  for (const journey of await journeys.list({ state: 'running', limit: 1000 })) {
    await resume(ports, journey).catch(onError);
  }
}

async function resume(ports: JourneyPorts, journey: Journey): Promise<void> {
  const own = await ports.database.stores.jobs.list({ journeyId: journey.id });
  if (own.some((job) => job.state === 'queued' || job.state === 'running')) return;
  const failed = own.find((job) => job.state === 'failed');
  if (failed?.failure) await failJourney(ports, journey.id, failureFrom(failed.failure));
  else if (own.some((job) => job.kind === 'candidate' && job.state === 'done'))
    await deployCandidate(ports, journey.id);
  else await failJourney(ports, journey.id, new Error('the journey has no job'));
}
