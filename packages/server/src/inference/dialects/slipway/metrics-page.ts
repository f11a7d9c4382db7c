import type { EndpointWorkers } from '@slipway/contract';
import type { NodeCounts } from '../../../stages/serve/index.ts';
import { checkSomeToken, endpointsOpenTo } from '../../bearer-token.ts';
import type { InferenceContext } from '../../context.ts';
import { type EndpointMetrics, LATENCY_BUCKETS, type VersionMetrics } from '../../endpoint-metrics.ts';
import { answer, type Exchange } from '../../exchange.ts';
import { endpointWorkers } from '../../scaling/endpoint-workers.ts';
import type { PoolState } from '../../tensors/model-pool.ts';

type Sample = { labels?: Record<string, string | number>; value: number; suffix?: string };
type Metric = { name: string; kind: 'counter' | 'gauge' | 'histogram'; says: string; samples: Sample[] };

/**
 * `GET /metrics`: Prometheus text format 0.0.4. Where it is not open to everybody it takes a token, and has the endpoints that
 * the token may call. Throws `access.unauthenticated`.
 */
export function answerMetrics(context: InferenceContext, exchange: Exchange): void {
  const body = metricsOf(shownTo(context, exchange)).map(metricText).join('');
  answer(exchange, 200, 'text/plain; version=0.0.4; charset=utf-8', body);
}

function shownTo(context: InferenceContext, { headers }: Exchange): InferenceContext {
  if (context.hasOpenMetrics) return context;
  checkSomeToken(headers.authorization, context.live.values());
  const open = endpointsOpenTo(headers.authorization, context.live.values());
  return { ...context, live: new Map(open.map((endpoint) => [endpoint.name, endpoint])) };
}

function metricsOf(context: InferenceContext): Metric[] {
  const { inFlight, receiving, shed, lagMs } = context.admission.state();
  const { waiting, waitMs, refused } = context.turns.state();
  const log = context.log.stats();
  const traces = context.tracer.stats();
  const cache = context.cache?.state() ?? { entries: 0, bytes: 0 };
  const { user, system } = process.cpuUsage();
  return [
    ...requestMetrics(context),
    ...versionMetricsOf(context),
    ...graphMetricsOf(context),
    ...processMetricsOf(context),
    ...workerMetricsOf(context),
    gauge('slipway_inference_requests_in_flight', 'Requests under way.', inFlight),
    gauge('slipway_inference_requests_receiving', 'Requests whose bodies are on their way.', receiving),
    gauge('slipway_inference_requests_waiting', 'Requests that wait for the thread that answers.', waiting),
    gauge('slipway_inference_wait_seconds', 'How long the last of them will wait, about.', waitMs / 1000),
    counter('slipway_inference_requests_shed_total', 'Requests refused because of overload.', shed + refused),
    internalErrorMetric(context),
    gauge('slipway_inference_event_loop_lag_seconds', 'How late the event loop runs.', lagMs / 1000),
    gauge('slipway_inference_cache_entries', 'Answers remembered.', cache.entries),
    gauge('slipway_inference_cache_bytes', 'Memory that remembered answers take, about.', cache.bytes),
    counter('slipway_inference_spans_exported_total', 'Spans the collector took.', traces.exported),
    counter('slipway_inference_spans_dropped_total', 'Spans lost.', traces.dropped),
    counter('slipway_prediction_log_written_total', 'Records of the prediction log on disk.', log.written),
    counter('slipway_prediction_log_dropped_total', 'Records the prediction log lost.', log.dropped),
    gauge('slipway_prediction_log_pending', 'Records waiting to be written.', log.pending),
    counter('process_cpu_seconds_total', 'Processor time used.', (user + system) / 1e6),
    gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'When the process started, since the epoch.', startedAtSeconds()),
  ];
}

function internalErrorMetric({ errors }: InferenceContext): Metric {
  const { requests, background } = errors.counts();
  return {
    name: 'slipway_inference_internal_errors_total',
    kind: 'counter',
    says: 'Errors of this program by where they were met: while it answered a request, or in the background.',
    samples: [
      { labels: { during: 'request' }, value: requests },
      { labels: { during: 'background' }, value: background },
    ],
  };
}

function startedAtSeconds(): number {
  return Math.round(performance.timeOrigin) / 1000;
}

function counted(context: InferenceContext): [string, EndpointMetrics][] {
  return [
    ['', context.otherMetrics],
    ...[...context.live.values()].map(({ name, metrics }): [string, EndpointMetrics] => [name, metrics]),
  ];
}

function requestMetrics(context: InferenceContext): Metric[] {
  const all = counted(context);
  const ready = [...context.live.values()].map(({ name, serving }) => ({
    labels: { endpoint: name },
    value: serving === undefined ? 0 : 1,
  }));
  return [
    {
      name: 'slipway_inference_requests_total',
      kind: 'counter',
      says: 'Requests by endpoint and HTTP status.',
      samples: all.flatMap(([endpoint, { statuses }]) =>
        [...statuses].map(([code, value]) => ({ labels: { endpoint, code }, value })),
      ),
    },
    {
      name: 'slipway_inference_requests_limited_total',
      kind: 'counter',
      says: 'Requests refused because their token had called too often or spent its rows.',
      samples: all.slice(1).map(([endpoint, { limited }]) => ({ labels: { endpoint }, value: limited })),
    },
    {
      name: 'slipway_inference_request_duration_seconds',
      kind: 'histogram',
      says: 'Time from the headers of a request to its answer.',
      samples: all.flatMap(([endpoint, metrics]) => latencySamples(endpoint, metrics)),
    },
    {
      name: 'slipway_inference_endpoint_ready',
      kind: 'gauge',
      says: '1 when the endpoint has a model.',
      samples: ready,
    },
  ];
}

type VersionSample = (metrics: VersionMetrics) => { labels?: Record<string, string>; value: number }[];

/** What is counted for each version of each endpoint. */
const VERSION_METRICS: [name: string, says: string, samples: VersionSample][] = [
  ['predictions_total', 'Rows predicted, by endpoint and model version.', (v) => [{ value: v.rows }]],
  [
    'executions_total',
    'Calls of the model; rows over executions is the batch size.',
    (v) => [{ value: v.executions }],
  ],
  [
    'stage_seconds_total',
    'Time spent reading requests (input), waiting for the model (queue), predicting (infer), and logging and writing answers (output).',
    (v) => [
      { labels: { stage: 'input' }, value: v.inputMs / 1000 },
      { labels: { stage: 'queue' }, value: v.queueMs / 1000 },
      { labels: { stage: 'infer' }, value: v.inferMs / 1000 },
      { labels: { stage: 'output' }, value: v.outputMs / 1000 },
    ],
  ],
  [
    'cache_lookups_total',
    'Requests by whether their answer was remembered.',
    (v) => [
      { labels: { result: 'hit' }, value: v.cacheHits },
      { labels: { result: 'miss' }, value: v.cacheMisses },
    ],
  ],
];

function versionMetricsOf(context: InferenceContext): Metric[] {
  return VERSION_METRICS.map(([name, says, samplesOf]) => ({
    name: `slipway_inference_${name}`,
    kind: 'counter',
    says,
    samples: counted(context).flatMap(([endpoint, { versions }]) =>
      [...versions].flatMap(([version, metrics]) =>
        samplesOf(metrics).map(({ labels, value }) => ({ labels: { endpoint, version, ...labels }, value })),
      ),
    ),
  }));
}

type NodeSample = [name: string, says: string, value: (counts: NodeCounts) => number];

/** What the nodes of inference graphs do. */
const NODE_METRICS: NodeSample[] = [
  ['graph_node_predictions_total', 'Rows answered by a node of an inference graph.', ({ rows }) => rows],
  [
    'graph_node_executions_total',
    'Batches that a node was given; rows over executions is the batch size.',
    ({ executions }) => executions,
  ],
  ['graph_node_failures_total', 'Batches in which a node failed.', ({ failures }) => failures],
  ['graph_node_seconds_total', 'Time spent in a node, the nodes below it included.', ({ ms }) => ms / 1000],
];

function graphMetricsOf(context: InferenceContext): Metric[] {
  const nodes = [...context.live.values()].flatMap(({ name, serving }) =>
    (serving?.routes ?? []).flatMap(({ route }) =>
      route.takes === 'columns'
        ? (route.engine.graph?.counts() ?? []).map((counts) => ({
            labels: {
              endpoint: name,
              version: route.modelVersion,
              node: counts.node,
              kind: counts.kind,
              model: counts.model,
            },
            counts,
          }))
        : [],
    ),
  );
  if (nodes.length === 0) return [];
  return NODE_METRICS.map(([name, says, value]) => ({
    name: `slipway_inference_${name}`,
    kind: 'counter',
    says,
    samples: nodes.map(({ labels, counts }) => ({ labels, value: value(counts) })),
  }));
}

type PoolSample = [name: string, kind: Metric['kind'], says: string, value: (state: PoolState) => number];

/** What the processes of a model of tensors do. */
const POOL_METRICS: PoolSample[] = [
  ['model_processes', 'gauge', 'Processes that hold a model.', (state) => state.workers],
  ['model_processes_busy', 'gauge', 'Processes that are running it.', (state) => state.busy],
  ['model_rows_waiting', 'gauge', 'Rows that wait for a process.', (state) => state.waitingRows],
  ['model_deaths_total', 'counter', 'Processes that died.', (state) => state.deaths],
];

function processMetricsOf(context: InferenceContext): Metric[] {
  const pools = [...context.live.values()].flatMap(({ name, serving }) =>
    (serving?.routes ?? []).flatMap(({ route }) =>
      route.takes === 'tensors'
        ? [{ labels: { endpoint: name, version: route.modelVersion }, state: route.pool.state() }]
        : [],
    ),
  );
  return POOL_METRICS.map(([name, kind, says, value]) => ({
    name: `slipway_inference_${name}`,
    kind,
    says,
    samples: pools.map(({ labels, state }) => ({ labels, value: value(state) })),
  }));
}

type WorkerSample = [
  name: string,
  kind: Metric['kind'],
  says: string,
  value: (workers: EndpointWorkers) => number | null,
];

/** What each endpoint takes of the machine. */
const WORKER_METRICS: WorkerSample[] = [
  [
    'workers',
    'gauge',
    'Workers that hold the endpoint’s models; 0 while it is scaled to zero.',
    ({ now }) => now,
  ],
  ['workers_wanted', 'gauge', 'Workers that load and rule ask for.', ({ wanted }) => wanted],
  ['workers_resident_bytes', 'gauge', 'Memory of the workers, about.', (one) => one.residentBytes],
  [
    'zero_since_seconds',
    'gauge',
    'Since when the endpoint has no worker, since the epoch; absent while it has one.',
    ({ zeroSince }) => (zeroSince === null ? null : Date.parse(zeroSince) / 1000),
  ],
  [
    'requests_held',
    'gauge',
    'Requests that wait for a model which is being brought back.',
    ({ held }) => held,
  ],
  ['cold_starts_total', 'counter', 'Times that a model was brought back.', ({ coldStarts }) => coldStarts],
  [
    'cold_start_seconds_total',
    'counter',
    'Time that bringing models back took.',
    ({ coldStartSeconds }) => coldStartSeconds,
  ],
];

function workerMetricsOf(context: InferenceContext): Metric[] {
  const all = [...context.live.values()].map((endpoint) => {
    return { labels: { endpoint: endpoint.name }, workers: endpointWorkers(endpoint, context.scaler) };
  });
  return WORKER_METRICS.map(([name, kind, says, measure]) => ({
    name: `slipway_inference_${name}`,
    kind,
    says,
    samples: all.flatMap(({ labels, workers }) => {
      const value = measure(workers);
      return value === null ? [] : [{ labels, value }];
    }),
  }));
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
