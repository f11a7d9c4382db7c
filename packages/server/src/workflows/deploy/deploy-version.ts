import { fail, type RolloutPlan } from '@slipway/contract';
import type { EndpointRevision, Stores } from '../../metadata/index.ts';
import { specOf, versionNamed } from '../../stages/deploy/index.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { servable } from './servable.ts';

type Ports = Pick<PipelineRunPorts, 'database' | 'deployer'>;

export type DeployAsk = {
  model: string;
  /** The newest when left out. */
  version: number | undefined;
  /** As the model is called when left out. */
  endpoint: string | undefined;
  /** As the endpoint's spec says when left out. */
  plan?: RolloutPlan | undefined;
  by: string;
};

/**
 * Lets a version of a model answer at an endpoint, which is made when there is none of that name. Returns the endpoint's name.
 * Throws `model.missing`, `model.version-missing`, `endpoint.exists` when it serves another model, and what deploying throws.
 */
export async function deployVersion({ database, deployer }: Ports, ask: DeployAsk): Promise<string> {
  const { stores } = database;
  const { version, bundleId } = await stores.models.version(ask.model, ask.version);
  const name = ask.endpoint ?? ask.model;
  const promotion = { endpoint: name, modelVersion: version, bundleId, by: ask.by };
  const deploy = () => deployer.deploy(promotion, ask.plan);
  await servable(stores, { name, model: ask.model }, 'endpoint', deploy);
  return name;
}

/**
 * Lets a version answer at once: the one that is named, or the one on its way, or the shadow, or the newest. Throws
 * `endpoint.missing`, `model.version-missing`, `rollout.none` where that one answers already, and what promoting throws.
 */
export async function promoteVersion(
  { database, deployer }: Ports,
  { name, version: wanted, by }: { name: string; version: number | undefined; by: string },
): Promise<EndpointRevision> {
  const { stores } = database;
  const { model } = await stores.endpoints.get(name);
  const { version, bundleId } = await stores.models.version(
    model,
    wanted ?? (await onItsWay(stores, name, model)),
  );
  const isUnasked = wanted === undefined && (await stores.rollouts.current(name)) === undefined;
  if (isUnasked && (await stores.endpoints.current(name))?.modelVersion === version)
    throw fail('rollout.none', { name, version });
  return deployer.promote({ endpoint: name, modelVersion: version, bundleId, by });
}

async function onItsWay(stores: Stores, name: string, model: string): Promise<number | undefined> {
  const open = await stores.rollouts.current(name);
  if (open !== undefined) return (open.document as { version: number }).version;
  const current = await stores.endpoints.current(name);
  const shadow = current && specOf(model, current).shadow;
  return shadow && versionNamed(shadow.version).version;
}
