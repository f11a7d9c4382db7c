import { fail } from '@slipway/contract';
import type { Stores } from '../ledger/index.ts';

/**
 * Sees to it that there is an endpoint of that name for the model, making it where there is none. Throws
 * `endpoint.exists` where it serves another model, `path` being the field that says so.
 */
export async function servable(
  { endpoints, models }: Pick<Stores, 'endpoints' | 'models'>,
  { name, model }: { name: string; model: string },
  path: string,
): Promise<void> {
  const there = await endpoints.find(name);
  if (there !== undefined && there.model !== model) throw fail('endpoint.exists', { name }, { path });
  if (there !== undefined) return;
  const { target, task } = await models.get(model);
  await endpoints.create({ name, model, target, task });
}
