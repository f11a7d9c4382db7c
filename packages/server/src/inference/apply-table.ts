import { failureData, isFailure } from '@slipway/contract';
import type { EndpointOutcome, RoutingTable, TableEndpoint } from '../journey/deploy/index.ts';
import { type LiveEndpoint, liveEndpoint, type WeightedRoute } from './live-endpoint.ts';
import { type LoadedRoute, type RouteLoader, releaseRoute } from './load-route.ts';

/** Endpoints by name, as requests see them. */
export type LiveTable = ReadonlyMap<string, LiveEndpoint>;

/**
 * Brings `live` to what `table` says and returns the new live table with what became of each endpoint.
 *
 * Everything slow happens before the first pointer moves: an endpoint goes on with what it has while its new routes
 * load, and for good when one of them fails. Tokens count either way. Endpoints that the table leaves out are gone
 * from the new live table; requests that hold one finish on it. Only one call may run at a time.
 */
export async function applyTable(
  live: LiveTable,
  table: RoutingTable,
  load: RouteLoader,
): Promise<{ live: LiveTable; outcomes: EndpointOutcome[] }> {
  const next = new Map<string, LiveEndpoint>();
  const outcomes: EndpointOutcome[] = [];
  for (const wanted of table.endpoints) {
    const endpoint = live.get(wanted.name) ?? liveEndpoint(wanted.name);
    endpoint.tokens = wanted.tokenHashes;
    endpoint.tokenLimits = wanted.tokenLimits ?? {};
    endpoint.probeToken = table.probeTokenHash;
    outcomes.push(await switchRoutes(endpoint, wanted, load));
    next.set(wanted.name, endpoint);
  }
  return { live: next, outcomes };
}

async function switchRoutes(
  endpoint: LiveEndpoint,
  wanted: TableEndpoint,
  load: RouteLoader,
): Promise<EndpointOutcome> {
  const fresh: LoadedRoute[] = [];
  try {
    const routes: WeightedRoute[] = [];
    for (const route of wanted.routes) {
      const loaded = loadedAlready(endpoint, route) ?? (await load(route));
      if (loadedAlready(endpoint, route) === undefined) fresh.push(loaded);
      routes.push({ route: loaded, weight: route.weight });
    }
    const totalWeight = routes.reduce((sum, each) => sum + each.weight, 0);
    endpoint.serving = { routes, totalWeight };
    return { name: endpoint.name, ok: true };
  } catch (error) {
    for (const route of fresh) void releaseRoute(route);
    if (!isFailure(error)) throw error;
    return { name: endpoint.name, ok: false, failure: failureData(error) };
  }
}

function loadedAlready(
  endpoint: LiveEndpoint,
  wanted: Pick<LoadedRoute, 'modelName' | 'modelVersion' | 'bundleId'>,
): LoadedRoute | undefined {
  return endpoint.serving?.routes.find(
    ({ route }) =>
      route.bundleId === wanted.bundleId &&
      route.modelVersion === wanted.modelVersion &&
      route.modelName === wanted.modelName,
  )?.route;
}

/** Gives back the models that are in use no more, once the requests that they have are answered. */
export function releaseUnused(before: readonly LoadedRoute[], now: LiveTable): void {
  const kept = new Set(routesOf(now));
  for (const route of before) if (!kept.has(route)) void releaseRoute(route);
}

export function routesOf(live: LiveTable): LoadedRoute[] {
  return [...live.values()].flatMap(({ serving }) => (serving?.routes ?? []).map(({ route }) => route));
}
