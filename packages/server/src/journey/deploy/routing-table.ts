import { failureData, isFailure } from '@slipway/contract';
import type { EndpointRevision, EndpointStore } from '../../ledger/index.ts';
import type { RoutingTable, TableEndpoint, TableRoute } from './model.ts';

/** A local folder with the files of the bundle, verified. Throws `bundle.invalid`. */
export type FolderOf = (bundleId: string) => Promise<string>;

/** What is served under one name: the model and the bundle of it. */
export type Served = { modelName: string; modelVersion: number; bundleId: string };

/**
 * The table of everything the ledger says is served, with `changes` (by endpoint name) laid over it. A bundle that
 * cannot be had is said so in its route, so that one broken bundle never takes the other endpoints down.
 */
export async function routingTable(
  endpoints: Pick<EndpointStore, 'list' | 'current' | 'tokens'>,
  folderOf: FolderOf,
  changes: ReadonlyMap<string, Served> = new Map(),
): Promise<Pick<RoutingTable, 'endpoints'>> {
  const rows: TableEndpoint[] = [];
  for (const endpoint of await endpoints.list()) {
    const served =
      changes.get(endpoint.name) ?? servedBy(endpoint.model, await endpoints.current(endpoint.name));
    if (served === undefined) continue;
    rows.push({
      name: endpoint.name,
      ...(await liveTokens(endpoints, endpoint.name)),
      routes: [{ ...served, folder: await folderOrFailure(folderOf, served.bundleId), weight: 1 }],
    });
  }
  return { endpoints: rows };
}

function servedBy(modelName: string, revision: EndpointRevision | undefined): Served | undefined {
  if (revision === undefined) return undefined;
  return { modelName, modelVersion: revision.modelVersion, bundleId: revision.bundleId };
}

async function liveTokens(
  endpoints: Pick<EndpointStore, 'tokens'>,
  name: string,
): Promise<Pick<TableEndpoint, 'tokenHashes' | 'tokenLimits'>> {
  const live = (await endpoints.tokens(name)).filter((token) => token.revokedAt === null);
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
