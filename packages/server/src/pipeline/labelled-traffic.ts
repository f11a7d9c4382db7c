import type { Stores } from '../ledger/index.ts';
import type { Journey } from '../work/index.ts';
import type { JourneyRequest } from './model.ts';

/**
 * The moment up to which the endpoint's labelled traffic is in its dataset: that of the last retraining that took some in,
 * whatever became of the model. Trainings on other files do not count. Null when none ever did.
 */
export async function labelledTrafficUntil(stores: Stores, endpoint: string): Promise<string | null> {
  const retrainings = await stores.journeys.list({ name: endpoint, kind: 'retrain', limit: 1000 });
  for (const journey of retrainings) {
    const until = takenUntil(journey);
    if (until !== null && isIngested(journey)) return until;
  }
  return null;
}

/** Before the moment was written down, a retraining by the policy took in what was there when it began. */
function takenUntil({ request, createdAt }: Journey): string | null {
  const asked = request as JourneyRequest;
  if (asked.kind !== 'retrain') return null;
  return asked.labelledUntil ?? (asked.by === 'policy' ? createdAt : null);
}

function isIngested({ stages }: Journey): boolean {
  return stages.some(({ stage, state }) => stage === 'ingest' && state === 'done');
}
