import type { VersionMetrics } from '../../endpoint-metrics.ts';
import type { LiveEndpoint } from '../../live-endpoint.ts';

const NANOS = 1e6;

/** Triton's statistics of the versions of an endpoint; of one version where it is given. Times are nanoseconds. */
export function modelStatistics({ name, metrics }: LiveEndpoint, version?: number) {
  return [...metrics.versions]
    .filter(([each]) => version === undefined || each === version)
    .map(([each, counted]) => ({ name, version: String(each), ...statisticsOf(counted) }));
}

function statisticsOf(counted: VersionMetrics) {
  const { succeeded, failed, executions } = counted;
  return {
    last_inference: counted.lastAt,
    inference_count: counted.rows,
    execution_count: executions,
    inference_stats: {
      success: duration(succeeded.count, succeeded.ms),
      fail: duration(failed.count, failed.ms),
      queue: duration(executions, counted.queueMs),
      compute_input: duration(executions, counted.inputMs),
      compute_infer: duration(executions, counted.inferMs),
      compute_output: duration(executions, counted.outputMs),
      cache_hit: duration(counted.cacheHits, 0),
      cache_miss: duration(counted.cacheMisses, 0),
    },
    batch_stats: [],
  };
}

function duration(count: number, ms: number): { count: number; ns: number } {
  return { count, ns: Math.round(ms * NANOS) };
}
