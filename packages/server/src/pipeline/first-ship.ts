import type { Stores } from '../ledger/index.ts';
import type { JourneyRequest } from './model.ts';

/** What the first journey that made a model of this name was asked to do. */
export async function firstShip(stores: Stores, name: string): Promise<JourneyRequest | undefined> {
  const done = await stores.journeys.list({ name, state: 'done', limit: 1000 });
  return done.findLast(({ kind }) => kind !== 'retrain')?.request as JourneyRequest | undefined;
}
