import { type DeclaredSpec, type EndpointSpec, fail, isFailure } from '@slipway/contract';
import type { Stores } from '../../metadata/index.ts';
import { badSpec, type Deployment, modelOfSpec, versionNamed } from '../../stages/deploy/index.ts';
import { graphVersion, specOfGraph } from '../graph/graph-version.ts';
import { setMonitoring } from '../monitoring/set-monitoring.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { servable } from './servable.ts';

type Ports = Pick<PipelineRunPorts, 'database' | 'deployer' | 'bundles' | 'signer' | 'clock' | 'models'>;
type Declaration = { name: string; spec: DeclaredSpec; by: string };
type Served = { name: string; spec: Omit<DeclaredSpec, 'monitoring'>; by: string };
/** `spec` is what a revision keeps: of a graph, the version that it became. */
type Declared = Deployment & { changed: boolean; spec: EndpointSpec; notes: string[] };

/**
 * Makes the endpoint what the spec declares; it is made when there is none of that name. A graph becomes a version of the
 * model that is called as the endpoint is, and is deployed as any version. Throws `endpoint.bad-spec` with
 * the path of the field, `model.missing`, `endpoint.exists` where the name serves another model, `model.exists` where a graph's
 * name is a trained model's, and what deploying throws.
 */
export async function declareEndpoint(ports: Ports, { name, spec, by }: Declaration): Promise<Declared> {
  const { monitoring, ...served } = spec;
  const done = await declareServed(ports, { name, spec: served, by });
  if (monitoring === undefined) return done;
  const isSet = await ports.database.transaction((stores) =>
    setMonitoring(stores, { name, settings: monitoring, by }),
  );
  return { ...done, changed: done.changed || isSet };
}

/** What answers: monitoring is a setting of the endpoint, which no revision keeps and no rollback changes. */
async function declareServed(ports: Ports, { name, spec, by }: Served): Promise<Declared> {
  const { graph, versions, ...rest } = spec;
  if (graph === undefined) {
    const plain = { ...rest, versions: versions! };
    return { ...(await declareVersions(ports, { name, spec: plain, by })), spec: plain, notes: [] };
  }
  const there = await ports.database.stores.endpoints.find(name);
  if (there !== undefined && there.model !== name)
    throw fail('endpoint.exists', { name, serves: `serves the model ${there.model}` }, { path: 'graph' });
  const found = await graphVersion(ports, name, graph);
  const plain = specOfGraph(spec, found);
  const done = await declareVersions(ports, { name, spec: plain, by });
  return { ...done, spec: plain, notes: found.notes };
}

async function declareVersions(
  { database, deployer }: Ports,
  { name, spec, by }: { name: string; spec: EndpointSpec; by: string },
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
