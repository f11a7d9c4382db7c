import { type FailureData, fail, failureData, isFailure } from '@slipway/contract';
import type {
  EndpointOutcome,
  LeftOut,
  RoutingTable,
  TableEndpoint,
  TableRoute,
} from '../stages/deploy/index.ts';
import { type EndpointMetrics, endpointMetrics, restartRolloutCounts } from './endpoint-metrics.ts';
import { type LiveEndpoint, liveEndpoint, type WeightedRoute } from './live-endpoint.ts';
import { type LoadedRoute, type RouteLoader, releaseRoute } from './load-route.ts';
import { newShadow, type Shadow } from './shadow/copies.ts';

/** Endpoints by name, as requests see them. */
export type LiveTable = ReadonlyMap<string, LiveEndpoint>;

/**
 * Brings `live` to what `table` says and returns the new live table with what became of each endpoint.
 *
 * Everything slow happens before the first pointer moves: an endpoint goes on with what it has while its new routes
 * load, and for good when one of them fails; one that has nothing serves with those that loaded. Tokens and limits count
 * either way. Endpoints that the table leaves out are gone
 * from the new live table; requests that hold one finish on it. Only one call may run at a time.
 *
 * @param countsOf what an endpoint that was not live before begins to count from
 */
export async function applyTable(
  live: LiveTable,
  table: RoutingTable,
  load: RouteLoader,
  countsOf: (name: string) => Promise<EndpointMetrics> = async () => endpointMetrics(),
): Promise<{ live: LiveTable; outcomes: EndpointOutcome[] }> {
  const next = new Map<string, LiveEndpoint>();
  const outcomes: EndpointOutcome[] = [];
  for (const wanted of table.endpoints) {
    const endpoint = live.get(wanted.name) ?? liveEndpoint(wanted.name, await countsOf(wanted.name));
    endpoint.tokens = wanted.tokenHashes;
    endpoint.tokenLimits = wanted.tokenLimits ?? {};
    endpoint.probeToken = table.probeTokenHash;
    endpoint.declared = declaredIn(wanted);
    outcomes.push(await switchRoutes(endpoint, wanted, load));
    next.set(wanted.name, endpoint);
  }
  return { live: next, outcomes };
}

function declaredIn({
  sticky,
  limits,
  logPercent,
  isStrict,
  batching,
  isPaused,
}: TableEndpoint): LiveEndpoint['declared'] {
  return {
    ...(sticky && { sticky }),
    ...(limits && { limits }),
    ...(logPercent !== undefined && { logPercent }),
    ...(isStrict && { isStrict }),
    ...(batching && { batching }),
    ...(isPaused && { isPaused }),
  };
}

type Loading = { routes: WeightedRoute[]; left: LeftOut[]; failed: LeftOut | undefined };

async function switchRoutes(
  endpoint: LiveEndpoint,
  wanted: TableEndpoint,
  load: RouteLoader,
): Promise<EndpointOutcome> {
  const { name } = endpoint;
  const before = endpoint.serving;
  const fresh: LoadedRoute[] = [];
  const loadOne = async (route: TableRoute): Promise<LoadedRoute> => {
    const known = loadedAlready(endpoint, route);
    if (known !== undefined) return known;
    const loaded = await load(route);
    fresh.push(loaded);
    return loaded;
  };
  const { routes, left, failed } = await loadRoutes(wanted.routes, loadOne);
  const totalWeight = routes.reduce((sum, each) => sum + each.weight, 0);
  if (failed !== undefined && (before !== undefined || totalWeight === 0)) {
    for (const route of fresh) void releaseRoute(route);
    return { name, ok: false, failure: withConsequence(failed.failure, before !== undefined) };
  }
  const shadow = await loadShadow(endpoint, wanted, loadOne, left);
  for (const { modelVersion } of fresh) restartRolloutCounts(endpoint.metrics, modelVersion);
  endpoint.serving = { routes, totalWeight, shadow };
  if (failed !== undefined) return { name, ok: false, failure: failed.failure };
  return left.length === 0 ? { name, ok: true } : { name, ok: true, left };
}

/** The failure of a version that was to take over, with what that means for the endpoint's callers. */
function withConsequence(failure: FailureData, isAnswering: boolean): FailureData {
  if (failure.code !== 'endpoint.load-failed') return failure;
  const consequence = isAnswering
    ? 'The previous version continues to serve'
    : 'No version is deployed at this endpoint yet; deploy another version';
  return failureData(fail(failure.code, { ...failure.details, consequence }));
}

/** Those that load. A version without requests that does not is left out, and stands in nobody's way. */
async function loadRoutes(
  wanted: readonly TableRoute[],
  loadOne: (route: TableRoute) => Promise<LoadedRoute>,
): Promise<Loading> {
  const loading: Loading = { routes: [], left: [], failed: undefined };
  for (const route of wanted) {
    const loaded = await attempt(route, loadOne);
    if (!('failure' in loaded)) loading.routes.push({ route: loaded, weight: route.weight });
    else if (route.weight === 0) loading.left.push(loaded);
    else loading.failed ??= loaded;
  }
  return loading;
}

async function loadShadow(
  endpoint: LiveEndpoint,
  { shadow }: TableEndpoint,
  loadOne: (route: TableRoute) => Promise<LoadedRoute>,
  left: LeftOut[],
): Promise<Shadow | undefined> {
  if (shadow === undefined) return undefined;
  const loaded = await attempt(shadow.route, loadOne);
  if ('failure' in loaded) {
    left.push(loaded);
    return undefined;
  }
  const before = endpoint.serving?.shadow;
  if (before?.route !== loaded) return newShadow(loaded, shadow.percent);
  return { ...before, percent: shadow.percent };
}

async function attempt(
  route: TableRoute,
  loadOne: (route: TableRoute) => Promise<LoadedRoute>,
): Promise<LoadedRoute | LeftOut> {
  try {
    return await loadOne(route);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { version: route.modelVersion, failure: failureData(error) };
  }
}

function loadedAlready(
  endpoint: LiveEndpoint,
  wanted: Pick<TableRoute, 'modelName' | 'modelVersion' | 'bundleId' | 'deployment'>,
): LoadedRoute | undefined {
  return loadedRoutes(endpoint).find(
    (route) =>
      route.bundleId === wanted.bundleId &&
      route.deployment === wanted.deployment &&
      route.modelVersion === wanted.modelVersion &&
      route.modelName === wanted.modelName,
  );
}

/** Gives back the models that are in use no more, once the requests that they have are answered. */
export function releaseUnused(before: readonly LoadedRoute[], now: LiveTable): void {
  const kept = new Set(routesOf(now));
  for (const route of before) if (!kept.has(route)) void releaseRoute(route);
}

export function routesOf(live: LiveTable): LoadedRoute[] {
  return [...live.values()].flatMap(loadedRoutes);
}

/** Everything that an endpoint holds, its shadow too. */
export function loadedRoutes({ serving }: LiveEndpoint): LoadedRoute[] {
  if (serving === undefined) return [];
  const answering = serving.routes.map(({ route }) => route);
  return serving.shadow === undefined ? answering : [...answering, serving.shadow.route];
}
