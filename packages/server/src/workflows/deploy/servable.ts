import { fail } from '@slipway/contract';
import type { Stores } from '../../metadata/index.ts';
import { type InTurn, inTurn } from '../../stages/deploy/index.ts';

type Parts = Pick<Stores, 'endpoints' | 'models'>;
type Wanted = { name: string; model: string };

/** One after the other, so that none takes back the endpoint that the next one found there. */
const turns = new WeakMap<Stores['endpoints'], InTurn>();

/**
 * Deploys to the endpoint of that name for the model, which is made where there is none, and removed again where nothing
 * came to answer at it. Throws `endpoint.exists` where it serves another model, `path` being the field that says so.
 */
export function servable<T>(
  stores: Parts,
  wanted: Wanted,
  path: string,
  deploy: () => Promise<T>,
): Promise<T> {
  const turn = turns.get(stores.endpoints) ?? inTurn();
  turns.set(stores.endpoints, turn);
  return turn(() => makeServable(stores, wanted, path, deploy));
}

async function makeServable<T>(
  { endpoints, models }: Parts,
  { name, model }: Wanted,
  path: string,
  deploy: () => Promise<T>,
): Promise<T> {
  const there = await endpoints.find(name);
  if (there !== undefined && there.model !== model)
    throw fail('endpoint.exists', { name, serves: `serves the model ${there.model}` }, { path });
  if (there !== undefined) return deploy();
  const { target, task } = await models.get(model);
  await endpoints.create({ name, model, target, task });
  try {
    return await deploy();
  } catch (failure) {
    // Whoever removed it meanwhile has done it for us.
    if ((await endpoints.current(name)) === undefined) await endpoints.remove(name).catch(() => undefined);
    throw failure;
  }
}
