import type { Journey } from '../work/index.ts';
import { deployCandidate } from './deploy-candidate.ts';
import { endFailedJob, failJourney } from './end-failed.ts';
import type { JourneyPorts } from './ports.ts';

/**
 * Journeys that stand still go on: after a start those that were cut off, and at any time those whose deployment ended
 * because the database went away. What has a job under way, or is being deployed, is left alone. Failures are the
 * journey's; anything else is told to `onError`, and the next call tries again.
 */
export async function resumeJourneys(ports: JourneyPorts, onError: (error: unknown) => void): Promise<void> {
  const { journeys } = ports.database.stores;
  for (const journey of await journeys.list({ state: 'running', limit: 1000 })) {
    await resume(ports, journey).catch(onError);
  }
}

async function resume(ports: JourneyPorts, journey: Journey): Promise<void> {
  const { database } = ports;
  const own = await database.stores.jobs.list({ journeyId: journey.id });
  if (own.some((job) => job.state === 'queued' || job.state === 'running')) return;
  const failed = own.find((job) => job.state === 'failed');
  const { failure } = failed ?? {};
  if (failed && failure) await database.transaction((stores) => endFailedJob(stores, failed, failure));
  else if (own.some((job) => job.kind === 'candidate' && job.state === 'done'))
    await deployCandidate(ports, journey.id);
  else await failJourney(ports, journey.id, new Error('the journey has no job'));
}
