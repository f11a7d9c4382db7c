import { bucketOfMs, type Counts, latencySketch } from '../stages/deploy/index.ts';

/** Upper bounds of the latency histogram's buckets, in seconds. */
export const LATENCY_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];

/** What one endpoint counts. Plain numbers: counting a request costs nothing that can be measured. */
export type EndpointMetrics = {
  requests: number;
  /** Requests that were answered 500 or above. */
  failures: number;
  predictions: number;
  /** Requests by HTTP status; gRPC calls by the status that HTTP would have had. */
  statuses: Map<number, number>;
  versions: Map<number, VersionMetrics>;
  /** Requests by bucket; one more entry than {@link LATENCY_BUCKETS}, for the rest. */
  latencyCounts: Float64Array;
  latencySumSeconds: number;
  /** Requests refused because their token had called too often, or had spent its rows. */
  limited: number;
};

/** What one version of an endpoint's model counts. Times are sums, in milliseconds. */
export type VersionMetrics = {
  rows: number;
  /** Calls of the model. */
  executions: number;
  /** Epoch milliseconds. */
  lastAt: number;
  succeeded: { count: number; ms: number };
  failed: { count: number; ms: number };
  /** From the whole request to the call of the model: reading and checking. */
  inputMs: number;
  /** Waiting for a process, of models that have some. */
  queueMs: number;
  inferMs: number;
  /** From the model's answer to ours: logging and writing. */
  outputMs: number;
  cacheHits: number;
  cacheMisses: number;
  /**
   * What rollouts compare: responses to callers by status, and how long good ones took once the request was there. Counted
   * since the version was loaded, so that a version that comes back is not held to what it answered before.
   */
  answered: number;
  errors: number;
  refused: number;
  latency: Float64Array;
};

/** The parts of a call that are counted. */
export type Counted = {
  readonly metrics: EndpointMetrics;
  readonly startedAt: number;
  readonly readAt: number;
  readonly predictedAt: number;
  readonly route: { modelVersion: number } | undefined;
  readonly caller: { isProbe: boolean } | undefined;
};

export function endpointMetrics(): EndpointMetrics {
  return {
    requests: 0,
    failures: 0,
    predictions: 0,
    statuses: new Map(),
    versions: new Map(),
    latencyCounts: new Float64Array(LATENCY_BUCKETS.length + 1),
    latencySumSeconds: 0,
    limited: 0,
  };
}

export function versionMetrics(metrics: EndpointMetrics, version: number): VersionMetrics {
  let counted = metrics.versions.get(version);
  if (counted === undefined) {
    counted = {
      rows: 0,
      executions: 0,
      lastAt: 0,
      succeeded: { count: 0, ms: 0 },
      failed: { count: 0, ms: 0 },
      inputMs: 0,
      queueMs: 0,
      inferMs: 0,
      outputMs: 0,
      cacheHits: 0,
      cacheMisses: 0,
      answered: 0,
      errors: 0,
      refused: 0,
      latency: latencySketch(),
    };
    metrics.versions.set(version, counted);
  }
  return counted;
}

/** Counts an answered call and returns how many seconds it took. */
export function countAnswer(call: Counted, status: number): number {
  const { metrics } = call;
  const now = performance.now();
  const ms = now - call.startedAt;
  metrics.requests++;
  if (status >= 500) metrics.failures++;
  metrics.statuses.set(status, (metrics.statuses.get(status) ?? 0) + 1);
  metrics.latencyCounts[bucketOf(ms / 1000)]!++;
  metrics.latencySumSeconds += ms / 1000;
  if (call.route !== undefined) countVersion(call, call.route.modelVersion, status, now);
  return ms / 1000;
}

function countVersion(call: Counted, version: number, status: number, now: number): void {
  if (call.predictedAt === 0 && status < 400) return;
  const counted = versionMetrics(call.metrics, version);
  const outcome = status < 400 ? counted.succeeded : counted.failed;
  outcome.count++;
  outcome.ms += now - call.startedAt;
  if (call.predictedAt > 0) counted.outputMs += now - call.predictedAt;
  if (call.caller?.isProbe !== true) countForRollouts(counted, status, now - call.readAt);
}

/** A version is not to blame for requests that were too many. */
function countForRollouts(counted: VersionMetrics, status: number, ms: number): void {
  if (status === 429) return;
  counted.answered++;
  if (status >= 500) counted.errors++;
  else if (status >= 400) counted.refused++;
  else counted.latency[bucketOfMs(ms)]!++;
}

/** Begins to count anew what rollouts compare: the version has just been loaded. */
export function restartRolloutCounts({ versions }: EndpointMetrics, version: number): void {
  const counted = versions.get(version);
  if (counted === undefined) return;
  Object.assign(counted, { answered: 0, errors: 0, refused: 0, latency: latencySketch() });
}

/** What rollouts compare, since the version was loaded. */
export function countsOf({ versions }: EndpointMetrics, version: number): Counts {
  const counted = versions.get(version);
  return {
    requests: counted?.answered ?? 0,
    errors: counted?.errors ?? 0,
    refused: counted?.refused ?? 0,
    latency: Array.from(counted?.latency ?? latencySketch()),
  };
}

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < LATENCY_BUCKETS.length && seconds > LATENCY_BUCKETS[bucket]!) bucket++;
  return bucket;
}

export function countPredictions(metrics: EndpointMetrics, version: number, rows: number, at: number): void {
  metrics.predictions += rows;
  const counted = versionMetrics(metrics, version);
  counted.rows += rows;
  counted.lastAt = at;
}
