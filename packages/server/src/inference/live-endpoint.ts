import type { EndpointStats, TableEndpoint } from '../journey/deploy/index.ts';
import { type EndpointMetrics, endpointMetrics } from './endpoint-metrics.ts';
import type { LoadedRoute } from './load-route.ts';

/** What answers now: replaced as a whole, never changed, so a request that holds it sees one state throughout. */
export type Serving = { routes: readonly WeightedRoute[]; totalWeight: number };
export type WeightedRoute = { route: LoadedRoute; weight: number };

/** One name that requests may call. `serving` is the one pointer that a promotion moves. */
export type LiveEndpoint = {
  readonly name: string;
  /** SHA-256, lower-case hex, of each token that may call it. */
  tokens: readonly string[] | 'open';
  /** What the bearers of some tokens are held to, by hash. */
  tokenLimits: NonNullable<TableEndpoint['tokenLimits']>;
  /** SHA-256 of the platform's own token, whose predictions are no traffic. */
  probeToken: string | undefined;
  serving: Serving | undefined;
  readonly metrics: EndpointMetrics;
};

export function liveEndpoint(name: string): LiveEndpoint {
  return {
    name,
    tokens: [],
    tokenLimits: {},
    probeToken: undefined,
    serving: undefined,
    metrics: endpointMetrics(),
  };
}

/** The route that answers the next request, drawn by weight; undefined while there is none. */
export function pickRoute(endpoint: LiveEndpoint, draw: () => number = Math.random): LoadedRoute | undefined {
  const { serving } = endpoint;
  if (serving === undefined || serving.totalWeight === 0) return undefined;
  if (serving.routes.length === 1) return serving.routes[0]!.route;
  let left = draw() * serving.totalWeight;
  for (const { route, weight } of serving.routes) {
    if (left < weight) return route;
    left -= weight;
  }
  return serving.routes.findLast((each) => each.weight > 0)?.route;
}

/** The loaded route of a version, whether or not it takes a share of the traffic. */
export function routeOfVersion(endpoint: LiveEndpoint, version: number): LoadedRoute | undefined {
  return endpoint.serving?.routes.find(({ route }) => route.modelVersion === version)?.route;
}

export function endpointStats(endpoint: LiveEndpoint): EndpointStats {
  const { name, serving, metrics } = endpoint;
  const taking = serving?.routes.filter((each) => each.weight > 0) ?? [];
  return {
    name,
    ready: taking.length > 0,
    versions: taking.map((each) => each.route.modelVersion),
    predictions: metrics.predictions,
    requests: metrics.requests,
    failures: metrics.failures,
  };
}
