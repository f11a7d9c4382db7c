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
  /** Requests by HTTP status. */
  statuses: Map<number, number>;
  /** Rows by model version. */
  versions: Map<number, number>;
  /** Requests by bucket; one more entry than {@link LATENCY_BUCKETS}, for the rest. */
  latencyCounts: Float64Array;
  latencySumSeconds: number;
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
  };
}

export function countRequest(metrics: EndpointMetrics, status: number, seconds: number): void {
  metrics.requests++;
  if (status >= 500) metrics.failures++;
  metrics.statuses.set(status, (metrics.statuses.get(status) ?? 0) + 1);
  let bucket = 0;
  while (bucket < LATENCY_BUCKETS.length && seconds > LATENCY_BUCKETS[bucket]!) bucket++;
  metrics.latencyCounts[bucket]!++;
  metrics.latencySumSeconds += seconds;
}

export function countPredictions(metrics: EndpointMetrics, version: number, rows: number): void {
  metrics.predictions += rows;
  metrics.versions.set(version, (metrics.versions.get(version) ?? 0) + rows);
}
