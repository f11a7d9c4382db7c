import { fail, type Journey } from '@slipway/contract';
import { type Client, followJourney } from '@slipway/sdk';
import type { Interruption } from './interruption.ts';
import { journeyProgress } from './progress.ts';

const SEARCHING =
  'The search ends with the best it has, and the journey goes on. Ctrl-C again stops everything.';

/**
 * Follows a journey with a display. Ctrl-C on a terminal while a search runs says that it has tried enough; any other
 * interruption cancels the journey. Throws what made it fail.
 */
export async function follow(
  client: Client,
  started: Journey,
  interrupted: Interruption,
  json: boolean | undefined,
): Promise<Journey> {
  const { signal } = interrupted;
  const progress = journeyProgress(json);
  const params = { id: started.id };
  let searching: string | undefined;
  interrupted.milder = () => {
    if (searching === undefined || !process.stderr.isTTY) return false;
    const id = searching;
    searching = undefined;
    interrupted.milder = undefined;
    progress.note(SEARCHING);
    void client.call['runs.stop']({ params: { id } }).catch(() => undefined); // it has just ended by itself
    return true;
  };
  const show = (journey: Journey) => {
    searching = searchOf(journey);
    progress.show(journey);
  };
  try {
    const journey = await followJourney(client, started.id, show, { signal });
    if (journey.state === 'cancelled') throw fail('job.cancelled');
    return journey;
  } catch (error) {
    if (signal.aborted) await client.call['journeys.cancel']({ params });
    throw error;
  } finally {
    interrupted.milder = undefined;
    progress.end();
  }
}

/** The run whose search is under way. */
function searchOf({ stages }: Journey): string | undefined {
  const training = stages.find(({ stage, state }) => stage === 'train' && state === 'running');
  const run = training?.facts.run;
  return typeof run === 'string' ? run : undefined;
}
