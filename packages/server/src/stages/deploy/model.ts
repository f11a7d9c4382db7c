import type {
  BatchingMode,
  EndpointScaling,
  EndpointSpec,
  EndpointWorkers,
  FailureData,
} from '@slipway/contract';
import type { EndpointRevision, TokenLimits } from '../../metadata/index.ts';
import type { Counts, ShadowSums } from './rollout/counts.ts';

/** One bundle that may answer an endpoint's requests, and its share of them. */
export type TableRoute = {
  modelName: string;
  modelVersion: number;
  /** Content address of the bundle: the same id is the same model, so a loaded one is kept. */
  bundleId: string;
  /** As the prediction log names this model at this endpoint; left out where no endpoint is kept. */
  deployment?: string;
  /** Local folder with the bundle's files, signature verified by whoever made the table; or why it cannot be had. */
  folder: string | { failure: FailureData };
  /** Share of the traffic, relative to the other routes' weights; 0 keeps it loaded without traffic. */
  weight: number;
};

/** What the data plane shall serve under one name. */
export type TableEndpoint = {
  name: string;
  /** SHA-256 (lower-case hex) of each token that may call it. `'open'` lets everyone in: containers behind a gateway. */
  tokenHashes: readonly string[] | 'open';
  /** What the bearers of some tokens are held to, by hash; the others by the data plane's own limits. */
  tokenLimits?: Readonly<Record<string, TokenLimits>>;
  routes: readonly TableRoute[];
  /** By what the same caller is known again, so that it meets the same version; a draw for each request when left out. */
  sticky?: EndpointSpec['sticky'];
  /** Gets copies of a share of the requests. Its answers are compared and never returned; it may fail to load. */
  shadow?: { route: TableRoute; percent: number };
  /** What every caller is held to, within the data plane's own limits. */
  limits?: EndpointSpec['limits'];
  /** How many workers answer; as the data plane's own settings say when left out. */
  scaling?: EndpointScaling;
  /** Share of the requests whose predictions are logged; all when left out. */
  logPercent?: number;
  /** Whether values that training never saw are refused rather than predicted with a warning. */
  isStrict?: boolean;
  /** Whether requests for models of tensors share runs; only where that is proven to be safe when left out. */
  batching?: Exclude<BatchingMode, 'auto'>;
  /** Whether callers are answered `endpoint.paused`. The platform's own probes are not. */
  isPaused?: boolean;
};

/** Everything the data plane shall serve; a later table replaces an earlier one wholly. */
export type RoutingTable = {
  endpoints: readonly TableEndpoint[];
  /**
   * SHA-256 of the token by which the platform tries endpoints out. It may call every endpoint; what it predicts is
   * no traffic: neither logged nor counted.
   */
  probeTokenHash?: string;
};

/**
 * What became of one endpoint of a table. A failed one keeps answering with what it had, if it had anything. Versions
 * without a share of the requests, a shadow for one, are left out when they do not load, and `left` says why.
 */
export type EndpointOutcome =
  | { name: string; ok: true; left?: readonly LeftOut[] }
  | { name: string; ok: false; failure: FailureData };

export type LeftOut = { version: number; failure: FailureData };

/** What one endpoint of the data plane is doing. */
export type EndpointStats = {
  name: string;
  ready: boolean;
  /** Versions that take traffic now. */
  versions: number[];
  /** Rows answered since the process started. */
  predictions: number;
  requests: number;
  failures: number;
  /** Of every version that is loaded. */
  counts: readonly (Counts & { version: number })[];
  /** Null where no version gets copies. */
  shadow: (ShadowSums & { version: number }) | null;
  workers: EndpointWorkers;
};

export type DataPlaneStats = {
  pid: number;
  residentBytes: number;
  cpuSeconds: number;
  uptimeSeconds: number;
  inFlight: number;
  /** Requests refused because of overload. */
  shed: number;
  log: { written: number; dropped: number; pending: number };
  endpoints: EndpointStats[];
};

/**
 * The revisions that lie under the current one, the current one last. A deploy or a promotion lays its revision on
 * top; a rollback takes the topmost away. So two rollbacks in a row go back two versions, never back and forth.
 *
 * @param revisions oldest first
 */
export function servingStack(revisions: readonly EndpointRevision[]): EndpointRevision[] {
  const stack: EndpointRevision[] = [];
  for (const revision of revisions) {
    if (revision.reason === 'rollback') stack.pop();
    else stack.push(revision);
  }
  return stack;
}

/** The revision a rollback would put back, or undefined when there is none. `revisions` oldest first. */
export function formerRevision(revisions: readonly EndpointRevision[]): EndpointRevision | undefined {
  return servingStack(revisions).at(-2);
}
