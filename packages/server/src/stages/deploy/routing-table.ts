import { failureData, isFailure } from '@slipway/contract';
import type { Endpoint, EndpointRevision } from '../../metadata/index.ts';
import { deploymentId } from './deployment-id.ts';
import type { RoutingTable, TableEndpoint, TableRoute } from './model.ts';
import type { EndpointMetadata } from './ports.ts';
import { type Traffic, trafficOf } from './traffic.ts';

/** A local folder with the files of the bundle, verified. Throws `bundle.invalid`. */
export type FolderOf = (bundleId: string) => Promise<string>;

type Metadata = Pick<EndpointMetadata, 'list' | 'current' | 'tokens' | 'bundleOf' | 'openRollout'>;

/** What endpoints shall do other than the metadata store says, by name. */
export type Changes = ReadonlyMap<string, Traffic>;

/**
 * The table of everything the metadata store says is served, with `changes` laid over it. A bundle that cannot be had is said so
 * in its route, so that one broken bundle never takes the other endpoints down.
 */
export async function routingTable(
  metadata: Metadata,
  folderOf: FolderOf,
  changes: Changes = new Map(),
): Promise<Pick<RoutingTable, 'endpoints'>> {
  const rows: TableEndpoint[] = [];
  for (const endpoint of await metadata.list()) {
    const revision = await metadata.current(endpoint.name);
    const traffic = changes.get(endpoint.name) ?? (await storedTraffic(metadata, endpoint, revision));
    if (traffic === undefined) continue;
    rows.push(await rowOf(metadata, folderOf, endpoint, traffic));
  }
  return { endpoints: rows };
}

/** The traffic of the endpoint as the metadata store has it; undefined of one that never had a revision. */
export async function storedTraffic(
  metadata: Pick<EndpointMetadata, 'openRollout'>,
  { name, model, pausedAt }: Endpoint,
  revision: EndpointRevision | undefined,
): Promise<Traffic | undefined> {
  if (revision === undefined) return undefined;
  const rollout = (await metadata.openRollout(name))?.rollout;
  return trafficOf({ model, isPaused: pausedAt !== null, revision, rollout });
}

async function rowOf(
  metadata: Metadata,
  folderOf: FolderOf,
  endpoint: Endpoint,
  traffic: Traffic,
): Promise<TableEndpoint> {
  const { name } = endpoint;
  const { model, versions, shadow, sticky, limits, scaling, logPercent, isStrict, batching, isPaused } =
    traffic;
  const routeOf = async (version: number, weight: number): Promise<TableRoute> => {
    const bundleId = await metadata.bundleOf(model, version);
    return {
      modelName: model,
      modelVersion: version,
      bundleId,
      deployment: deploymentId(endpoint, bundleId),
      folder: await folderOrFailure(folderOf, bundleId),
      weight,
    };
  };
  const routes: TableRoute[] = [];
  for (const { version, weight } of versions) routes.push(await routeOf(version, weight));
  return {
    name,
    ...(await liveTokens(metadata, name)),
    routes,
    ...(sticky && { sticky }),
    ...(limits && { limits }),
    ...(scaling && { scaling }),
    ...(shadow && { shadow: { route: await routeOf(shadow.version, 0), percent: shadow.percent } }),
    ...(logPercent < 100 && { logPercent }),
    ...(isStrict && { isStrict }),
    ...(batching !== 'auto' && { batching }),
    ...(isPaused && { isPaused }),
  };
}

async function liveTokens(
  metadata: Pick<EndpointMetadata, 'tokens'>,
  name: string,
): Promise<Pick<TableEndpoint, 'tokenHashes' | 'tokenLimits'>> {
  const live = (await metadata.tokens(name)).filter((token) => token.revokedAt === null);
  const limited = live.flatMap(({ hash, limits }) => (limits === null ? [] : [[hash, limits] as const]));
  const tokenHashes = live.map((token) => token.hash);
  return limited.length === 0 ? { tokenHashes } : { tokenHashes, tokenLimits: Object.fromEntries(limited) };
}

async function folderOrFailure(folderOf: FolderOf, bundleId: string): Promise<TableRoute['folder']> {
  try {
    return await folderOf(bundleId);
  } catch (error) {
    if (isFailure(error)) return { failure: failureData(error) };
    throw error;
  }
}
