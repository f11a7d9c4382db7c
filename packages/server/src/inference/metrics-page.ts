import type { InferenceContext } from './context.ts';
import { type EndpointMetrics, LATENCY_BUCKETS } from './endpoint-metrics.ts';
import { answer, type Exchange } from './exchange.ts';

type Sample = { labels?: Record<string, string | number>; value: number; suffix?: string };
type Metric = { name: string; kind: 'counter' | 'gauge' | 'histogram'; says: string; samples: Sample[] };

/** `GET /metrics`: Prometheus text format 0.0.4. */
export function answerMetrics(context: InferenceContext, exchange: Exchange): void {
  const body = metricsOf(context).map(metricText).join('');
  answer(exchange, 200, 'text/plain; version=0.0.4; charset=utf-8', body);
}

function metricsOf(context: InferenceContext): Metric[] {
  const { inFlight, shed, lagMs } = context.admission.state();
  const log = context.log.stats();
  const { user, system } = process.cpuUsage();
  return [
    ...requestMetrics(context),
    gauge('slipway_inference_requests_in_flight', 'Requests under way.', inFlight),
    counter('slipway_inference_requests_shed_total', 'Requests refused because of overload.', shed),
    gauge('slipway_inference_event_loop_lag_seconds', 'How late the event loop runs.', lagMs / 1000),
    counter('slipway_prediction_log_written_total', 'Records of the prediction log on disk.', log.written),
    counter('slipway_prediction_log_dropped_total', 'Records the prediction log lost.', log.dropped),
    gauge('slipway_prediction_log_pending', 'Records waiting to be written.', log.pending),
    counter('process_cpu_seconds_total', 'Processor time used.', (user + system) / 1e6),
    gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
  ];
}

function requestMetrics(context: InferenceContext): Metric[] {
  const requests: Sample[] = [];
  const predictions: Sample[] = [];
  const latencies: Sample[] = [];
  const ready: Sample[] = [];
  for (const [endpoint, metrics] of [
    ['', context.otherMetrics] as const,
    ...[...context.live.values()].map((each) => [each.name, each.metrics] as const),
  ]) {
    for (const [code, value] of metrics.statuses) requests.push({ labels: { endpoint, code }, value });
    for (const [version, value] of metrics.versions)
      predictions.push({ labels: { endpoint, version }, value });
    latencies.push(...latencySamples(endpoint, metrics));
  }
  for (const { name, serving } of context.live.values()) {
    ready.push({ labels: { endpoint: name }, value: serving === undefined ? 0 : 1 });
  }
  return [
    {
      name: 'slipway_inference_requests_total',
      kind: 'counter',
      says: 'Requests by endpoint and HTTP status.',
      samples: requests,
    },
    {
      name: 'slipway_inference_predictions_total',
      kind: 'counter',
      says: 'Rows predicted, by endpoint and model version.',
      samples: predictions,
    },
    {
      name: 'slipway_inference_request_duration_seconds',
      kind: 'histogram',
      says: 'Time from the headers of a request to its answer.',
      samples: latencies,
    },
    {
      name: 'slipway_inference_endpoint_ready',
      kind: 'gauge',
      says: '1 when the endpoint has a model.',
      samples: ready,
    },
  ];
}

function latencySamples(endpoint: string, metrics: EndpointMetrics): Sample[] {
  let below = 0;
  const buckets = [...metrics.latencyCounts].map((count, i): Sample => {
    below += count;
    return { suffix: '_bucket', labels: { endpoint, le: LATENCY_BUCKETS[i] ?? '+Inf' }, value: below };
  });
  return [
    ...buckets,
    { suffix: '_sum', labels: { endpoint }, value: metrics.latencySumSeconds },
    { suffix: '_count', labels: { endpoint }, value: below },
  ];
}

function gauge(name: string, says: string, value: number): Metric {
  return { name, kind: 'gauge', says, samples: [{ value }] };
}

function counter(name: string, says: string, value: number): Metric {
  return { name, kind: 'counter', says, samples: [{ value }] };
}

function metricText({ name, kind, says, samples }: Metric): string {
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${value}\n`,
  );
  return `# HELP ${name} ${says}\n# TYPE ${name} ${kind}\n${lines.join('')}`;
}

function labelText(labels: Sample['labels']): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(String(value))}`);
  return `{${pairs.join(',')}}`;
}
