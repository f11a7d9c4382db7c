import { type EndpointSpec, isFailure } from '@slipway/contract';
import { badSpec, type Deployment, modelOfSpec, versionNamed } from '../journey/deploy/index.ts';
import type { Stores } from '../ledger/index.ts';
import type { JourneyPorts } from './ports.ts';
import { servable } from './servable.ts';

type Ports = Pick<JourneyPorts, 'database' | 'deployer'>;
type Declaration = { name: string; spec: EndpointSpec; by: string };

/**
 * Makes the endpoint what the spec declares; it is made when there is none of that name. Throws `endpoint.bad-spec` with
 * the path of the field, `model.missing`, `endpoint.exists` where the name serves another model, and what deploying throws.
 */
export async function declareEndpoint(
  { database, deployer }: Ports,
  { name, spec, by }: Declaration,
): Promise<Deployment & { changed: boolean }> {
  const { stores } = database;
  const model = modelOfSpec(spec);
  await stores.models.get(model);
  await checkVersions(stores, spec);
  return servable(stores, { name, model }, 'versions', () => deployer.declare(name, spec, by));
}

async function checkVersions({ models }: Stores, spec: EndpointSpec): Promise<void> {
  for (const version of Object.keys(spec.versions)) await check(models, version, `versions.${version}`);
  if (spec.shadow !== undefined) await check(models, spec.shadow.version, 'shadow.version');
}

async function check(models: Stores['models'], name: string, path: string): Promise<void> {
  const { model, version } = versionNamed(name);
  try {
    await models.version(model, version);
  } catch (error) {
    if (isFailure(error, 'model.version-missing')) throw badSpec(`there is no ${name}`, path);
    throw error;
  }
}
