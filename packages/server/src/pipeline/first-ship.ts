import type { Stores } from '../ledger/index.ts';
import type { JourneyRequest } from './model.ts';

/** What the first journey that brought a model of this name to an endpoint was asked to do. */
export async function firstShip(stores: Stores, name: string): Promise<JourneyRequest | undefined> {
  const ships = await stores.journeys.list({ name, kind: 'ship', state: 'done', limit: 1000 });
  return ships.at(-1)?.request as JourneyRequest | undefined;
}
