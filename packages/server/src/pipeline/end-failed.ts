import { type FailureData, fail, failureData, isFailure } from '@slipway/contract';
import type { Stores } from '../ledger/index.ts';
import type { Job } from '../work/index.ts';
import type { CandidateInput, StageNews } from './model.ts';
import type { JourneyPorts } from './ports.ts';
import { raiseBackoff } from './retraining-backoff.ts';
import { failRun } from './trial-runs.ts';

/** Ends a journey as failed, its running stage too. Throws what is no failure once that is written. */
export async function failJourney(ports: JourneyPorts, journeyId: string, thrown: unknown): Promise<void> {
  const failure = failureData(isFailure(thrown) ? thrown : fail('internal', {}, { cause: thrown }));
  await ports.database.transaction((stores) => endFailed(stores, journeyId, failure));
  if (!isFailure(thrown)) throw thrown;
}

/** What follows when a job has failed: its run and its journey end, too. */
export async function endFailedJob(stores: Stores, job: Job, failure: FailureData): Promise<void> {
  if (job.kind === 'candidate') await failRun(stores, (job.input as CandidateInput).runId, failure);
  if (job.journeyId !== null) await endFailed(stores, job.journeyId, failure);
}

async function endFailed(stores: Stores, journeyId: string, failure: FailureData): Promise<void> {
  const { journeys } = stores;
  const journey = await journeys.get(journeyId);
  if (journey.state !== 'running') return;
  for (const { stage } of journey.stages.filter((one) => one.state === 'running')) {
    const summary: Omit<StageNews, 'state'> = {
      stage,
      says: failure.message,
      progress: null,
      seconds: null,
      facts: {},
    };
    await journeys.endStage(journeyId, stage, 'failed', summary);
  }
  await journeys.end(journeyId, { state: 'failed', failure });
  await raiseBackoff(stores, journey.name);
}
