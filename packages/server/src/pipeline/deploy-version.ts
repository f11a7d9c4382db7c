import { fail } from '@slipway/contract';
import type { JourneyPorts } from './ports.ts';

export type DeployAsk = {
  model: string;
  /** The newest when left out. */
  version: number | undefined;
  /** As the model is called when left out. */
  endpoint: string | undefined;
  by: string;
};

/**
 * Lets a version of a model answer at an endpoint, which is made when there is none of that name. Returns the endpoint's name.
 * Throws `model.missing`, `model.version-missing`, `endpoint.exists` when it serves another model, and what promoting throws.
 */
export async function deployVersion(
  { database, deployer }: Pick<JourneyPorts, 'database' | 'deployer'>,
  ask: DeployAsk,
): Promise<string> {
  const { stores } = database;
  const { name: model, target, task } = await stores.models.get(ask.model);
  const { version, bundleId } = await stores.models.version(model, ask.version);
  const name = ask.endpoint ?? model;
  const there = await stores.endpoints.find(name);
  if (there !== undefined && there.model !== model)
    throw fail('endpoint.exists', { name }, { path: 'endpoint' });
  if (there === undefined) await stores.endpoints.create({ name, model, target, task });
  await deployer.promote({ endpoint: name, modelVersion: version, bundleId, by: ask.by });
  return name;
}
