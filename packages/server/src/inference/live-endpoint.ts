import type { EndpointStats, TableEndpoint } from '../stages/deploy/index.ts';
import { countsOf, type EndpointMetrics, endpointMetrics } from './endpoint-metrics.ts';
import type { LoadedRoute } from './load-route.ts';
import type { Shadow } from './shadow/copies.ts';

/** What answers now: replaced as a whole, never changed, so a request that holds it sees one state throughout. */
export type Serving = {
  routes: readonly WeightedRoute[];
  totalWeight: number;
  /** Gets copies, and is asked for nothing. */
  shadow: Shadow | undefined;
};
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
  /** What is declared of its requests. */
  declared: Declared;
  serving: Serving | undefined;
  readonly metrics: EndpointMetrics;
  /** Bytes of bodies that are held for it. */
  heldBytes: number;
};

export type Declared = Pick<
  TableEndpoint,
  'sticky' | 'limits' | 'logPercent' | 'isStrict' | 'batching' | 'isPaused'
>;

export function liveEndpoint(name: string, metrics: EndpointMetrics = endpointMetrics()): LiveEndpoint {
  return {
    name,
    tokens: [],
    tokenLimits: {},
    probeToken: undefined,
    declared: {},
    serving: undefined,
    metrics,
    heldBytes: 0,
  };
}

/** The loaded route of a version, whether or not it takes a share of the traffic. */
export function routeOfVersion(endpoint: LiveEndpoint, version: number): LoadedRoute | undefined {
  return endpoint.serving?.routes.find(({ route }) => route.modelVersion === version)?.route;
}

export function endpointStats(endpoint: LiveEndpoint): Omit<EndpointStats, 'workers'> {
  const { name, serving, metrics } = endpoint;
  const taking = serving?.routes.filter((each) => each.weight > 0) ?? [];
  return {
    name,
    ready: taking.length > 0,
    versions: taking.map((each) => each.route.modelVersion),
    predictions: metrics.predictions,
    requests: metrics.requests,
    failures: metrics.failures,
    counts: (serving?.routes ?? []).map(({ route: { modelVersion: version } }) => ({
      version,
      ...countsOf(metrics, version),
    })),
    shadow:
      serving?.shadow === undefined
        ? null
        : { version: serving.shadow.route.modelVersion, ...serving.shadow.sums },
  };
}
