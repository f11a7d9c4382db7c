import { fail } from '@slipway/contract';
import type { Stores } from '../ledger/index.ts';

/**
 * Deploys to the endpoint of that name for the model, which is made where there is none, and removed again where nothing
 * came to answer at it. Throws `endpoint.exists` where it serves another model, `path` being the field that says so.
 */
export async function servable<T>(
  { endpoints, models }: Pick<Stores, 'endpoints' | 'models'>,
  { name, model }: { name: string; model: string },
  path: string,
  deploy: () => Promise<T>,
): Promise<T> {
  const there = await endpoints.find(name);
  if (there !== undefined && there.model !== model) throw fail('endpoint.exists', { name }, { path });
  if (there !== undefined) return deploy();
  const { target, task } = await models.get(model);
  await endpoints.create({ name, model, target, task });
  try {
    return await deploy();
  } catch (failure) {
    if ((await endpoints.current(name)) === undefined) await endpoints.remove(name);
    throw failure;
  }
}
