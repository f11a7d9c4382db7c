import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { fail } from '@slipway/contract';
import { type Clock, systemClock } from '../kernel/index.ts';
import type { DataPlaneStats, EndpointOutcome, RoutingTable } from '../stages/deploy/index.ts';
import type { ModelProcesses } from '../stages/pack/index.ts';
import { type CallLog, type PredictionLog, predictionIds } from '../stages/serve/index.ts';
import { type AccessLog, accessLog, type LineSink } from './access-log.ts';
import { createAdmission } from './admission.ts';
import { answerMemory } from './answers/answer-memory.ts';
import { inlineWriter, type ValueWriter } from './answers/value-writer.ts';
import { applyTable, releaseUnused, routesOf } from './apply-table.ts';
import { callCounter, noCallCounter } from './call-counter.ts';
import { callerIds } from './caller-ids.ts';
import type { InferenceContext } from './context.ts';
import { corsOf } from './cors.ts';
import type { Dialect } from './dialects/dialect.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { type VertexRoutes, vertexDialect } from './dialects/vertex.ts';
import { drainServer } from './drain-server.ts';
import { endpointMetrics } from './endpoint-metrics.ts';
import type { Observer } from './exchange.ts';
import { grpcMethods, holdMessage } from './grpc/grpc-methods.ts';
import type { GrpcTransport, GrpcTransportFactory } from './grpc/transport.ts';
import { requestHandler } from './handle-request.ts';
import { hostCheck, isLoopback } from './host-check.ts';
import { internalErrors, reporting } from './internal-errors.ts';
import { type CountsStore, keepCounts } from './kept-counts.ts';
import { callerLimits } from './limits/caller-limits.ts';
import { endpointStats } from './live-endpoint.ts';
import { releaseRoute, routeLoader } from './load-route.ts';
import { outbox } from './outbox.ts';
import { pathsOf } from './paths.ts';
import { responseCache } from './response-cache.ts';
import { endpointWorkers } from './scaling/endpoint-workers.ts';
import { followTable } from './scaling/follow-table.ts';
import { machineBudget, scalingTimes } from './scaling/rule-of.ts';
import { scaler } from './scaling/scaler.ts';
import type { SecureFront, SecureListening } from './secure-front.ts';
import { type InferenceSettings, inferenceDefaults } from './settings.ts';
import { shadowCopies } from './shadow/copies.ts';
import { poolOpener } from './tensors/open-pool.ts';
import { spanExporter } from './tracing/span-exporter.ts';
import { type Tracer, tracer } from './tracing/tracer.ts';
import { workTurns } from './work-turns.ts';

export type InferenceServerOptions = {
  host: string;
  /** 0 for any free one. */
  port: number;
  log: PredictionLog;
  /** Where counts of answered and refused calls go; none are kept without. */
  calls?: CallLog | undefined;
  /** Random letters that make the ids of this process its own. */
  processPart: string;
  settings?: Partial<InferenceSettings>;
  /** Names besides loopback's that a loopback server answers to. */
  allowedHosts?: readonly string[];
  /** The folder of the one model that a container serves: its own network decides who reads its metrics. */
  modelDir?: string | undefined;
  /** By which address others reach this server, where that is not the one they call. */
  publicUrl?: string | undefined;
  /** Where the access log goes; none is kept without. */
  accessLog?: LineSink | undefined;
  /** Where Vertex AI calls, when it runs this process. */
  vertexRoutes?: VertexRoutes | undefined;
  /** Ends TLS on `host` and `port`; the server itself then listens on loopback, on any free port. */
  secureFront?: SecureFront | undefined;
  /** Opens another way to the server for processes of this machine that have no network. */
  localFront?: ((server: Server) => Promise<{ close(): void }>) | undefined;
  /** Carries gRPC, when `settings.grpcPort` asks for it. */
  grpc?: GrpcTransportFactory;
  /** Starts models of tensors; without it none is served. */
  models?: ModelProcesses;
  /** Starts so many threads that write values; without it they are written by the thread that answers. */
  values?: (threads: number) => ValueWriter;
  /** Told once of everything that was answered with `internal`, with its cause; without an id of what no request is known to concern. */
  report?: (failure: Error, requestId: string) => void;
  clock?: Clock;
  /** Keeps what endpoints count between two lives of the process; without it they count from zero. */
  counts?: CountsStore | undefined;
};

export type Listening = {
  port: number;
  /** Where programs of this machine reach it in the clear; the same port unless TLS is in front of it. */
  localPort: number;
};

/** The server that answers predictions, in this process. */
export interface InferenceServer {
  /** Throws `listen.in-use`. */
  listen(): Promise<Listening>;
  /** As `DataPlane.apply` promises. One call at a time. */
  apply(table: RoutingTable): Promise<EndpointOutcome[]>;
  stats(): DataPlaneStats;
  /** Logs and counts an error that no boundary of this server caught. Never throws. */
  onUncaught(error: unknown): void;
  /**
   * Fails readiness at once, serves on for the grace time, then closes the listener, finishes what is under way
   * (cutting connections at the deadline), and writes the log. Resolves when nothing is left to do.
   */
  drain(): Promise<void>;
}

/** How often the workers of all models are looked at. */
const SCALE_EVERY_MS = 500;

/** How often the counts of endpoints are kept. */
const KEEP_COUNTS_EVERY_MS = 5_000;

export function createInferenceServer(options: InferenceServerOptions): InferenceServer {
  const log = options.accessLog && accessLog(options.accessLog, () => context.clock.now());
  const context = newContext(options, log);
  const dialects = dialectsOf(options);
  const load = routeLoader(poolOpener(options.models, context.settings), {
    loadTimeoutMs: context.settings.modelLoadTimeoutMs,
    maxHeld: context.settings.maxHeldRequests,
    maxHoldMs: context.settings.maxHoldMs,
  });
  let paths = pathsOf(context.live, dialects);
  let draining: Promise<void> | undefined;
  let front: SecureListening | undefined;
  let local: { close(): void } | undefined;
  const kept =
    options.counts &&
    keepCounts({
      store: options.counts,
      live: () => context.live.values(),
      everyMs: KEEP_COUNTS_EVERY_MS,
      onError: reporting(context.errors),
    });
  const server = newHttpServer(context.settings);
  const newRequestId = predictionIds('req', options.processPart, context.clock);
  const handle = requestHandler({
    context,
    dialects,
    paths: () => paths,
    checkHost: hostCheck(options.host, options.allowedHosts),
    newRequestId,
  });
  server.on('request', handle);
  const grpc = grpcTransport(options, context, newRequestId);

  return {
    async listen() {
      const { host, port, secureFront } = options;
      const isPlain = secureFront === undefined;
      const localPort = await listen(server, isPlain ? host : LOOPBACK, isPlain ? port : 0);
      front = await secureFront?.(server, { host, port });
      local = await options.localFront?.(server);
      await grpc?.listen(host, context.settings.grpcPort);
      return { port: front?.port ?? localPort, localPort };
    },
    async apply(table) {
      const before = routesOf(context.live);
      const { live, outcomes } = await applyTable(context.live, table, load, kept?.of);
      context.live = live;
      kept?.begin();
      releaseUnused(before, live);
      const loaded = new Set<unknown>(routesOf(live));
      for (const ids of [context.callerIds, context.tensorIds])
        ids.forgetModels((route) => loaded.has(route));
      followTable(context.scaler, context.settings, { table, live });
      paths = pathsOf(live, dialects);
      context.cache?.clear();
      if (context.phase === 'starting') context.phase = 'ready';
      return outcomes;
    },
    stats: () => statsOf(context),
    onUncaught: reporting(context.errors),
    drain() {
      context.phase = 'draining';
      draining ??= drainServer({ server, front, local, grpc }, context)
        .then(() => Promise.all([...routesOf(context.live).map(releaseRoute), context.values.close()]))
        .then(() => context.calls.close())
        .then(() => kept?.close())
        .then(() => log?.close());
      return draining;
    },
  };
}

function grpcTransport(
  { grpc }: InferenceServerOptions,
  context: InferenceContext,
  newRequestId: () => string,
): GrpcTransport | undefined {
  const { grpcPort, maxBodyBytes: maxMessageBytes, keepAliveTimeoutMs: idleMs } = context.settings;
  if (grpc === undefined || grpcPort === 0) return undefined;
  const onError = reporting(context.errors);
  return grpc(grpcMethods(context, newRequestId), {
    ...{ maxMessageBytes, idleMs, answerMs: context.settings.answerTimeoutMs, onError },
    hold: (bytes) => holdMessage(context, bytes),
  });
}

function dialectsOf({ vertexRoutes }: InferenceServerOptions): readonly Dialect[] {
  return vertexRoutes === undefined ? DIALECTS : [...DIALECTS, vertexDialect(vertexRoutes)];
}

function newContext(options: InferenceServerOptions, log: AccessLog | undefined): InferenceContext {
  const settings = { ...inferenceDefaults(), ...options.settings };
  const clock = options.clock ?? systemClock;
  const now = () => clock.now();
  const { otlpEndpoint, traceSamplePercent, cacheBytes } = settings;
  const sink = otlpEndpoint === '' ? undefined : spanExporter(otlpEndpoint);
  const errors = internalErrors(options.report ?? (() => {}));
  const onError = reporting(errors);
  const answers = outbox(onError);
  const traces = tracer({ sink, samplePercent: traceSamplePercent, now });
  const context: InferenceContext = {
    settings,
    clock,
    log: options.log,
    publicUrl: options.publicUrl,
    hasOpenMetrics: settings.openMetrics || options.modelDir !== undefined || isLoopback(options.host),
    admission: createAdmission(settings, () => context.live.size),
    memory: answerMemory({
      totalBytes: settings.answerMemoryMegabytes * MIB,
      maxHoldMs: settings.maxHoldMs,
    }),
    values: options.values?.(answerThreads(settings)) ?? inlineWriter(),
    outbox: answers,
    turns: workTurns(settings.maxWaitMs, onError, () => answers.leave()),
    scaler: scaler(machineBudget(settings), scalingTimes(settings), { everyMs: SCALE_EVERY_MS, onError }),
    limits: callerLimits(settings, now),
    calls: options.calls === undefined ? noCallCounter() : callCounter(options.calls, clock),
    shadows: shadowCopies(),
    cache: cacheBytes === 0 ? undefined : responseCache(cacheBytes),
    tracer: traces,
    observe: observerOf(log, sink === undefined ? undefined : traces),
    newPredictionId: predictionIds('p', options.processPart, clock),
    callerIds: callerIds(settings.rememberedIds),
    tensorIds: callerIds(settings.rememberedIds),
    cors: corsOf(settings.corsOrigins),
    otherMetrics: endpointMetrics(),
    errors,
    live: new Map(),
    phase: 'starting',
  };
  return context;
}

const MIB = 1024 * 1024;

function answerThreads({ answerThreads: threads }: InferenceSettings): number {
  return threads > 0 ? threads : Math.max(1, Math.floor(availableParallelism() / 4));
}

function observerOf(log: AccessLog | undefined, traces: Tracer | undefined): Observer | undefined {
  if (log === undefined && traces === undefined) return undefined;
  return (call, outcome, http) => {
    log?.write(call, outcome, http);
    traces?.end(call, outcome, http);
  };
}

function newHttpServer(settings: InferenceSettings): Server {
  const server = createServer({
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    headersTimeout: Math.min(settings.headersTimeoutMs, settings.requestTimeoutMs),
    requestTimeout: settings.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, settings.headersTimeoutMs),
    noDelay: true,
  });
  server.setTimeout(settings.idleTimeoutMs);
  server.maxConnections = settings.maxConnections;
  return server;
}

const LOOPBACK = '127.0.0.1';

async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen({ host, port, backlog: 1024 });
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw fail('listen.in-use', { port }, { cause: error });
    throw fail('listen.impossible', { host, port, reason: message }, { cause: error });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function statsOf(context: InferenceContext): DataPlaneStats {
  const { inFlight, shed } = context.admission.state();
  const { user, system } = process.cpuUsage();
  return {
    pid: process.pid,
    residentBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    uptimeSeconds: process.uptime(),
    inFlight,
    shed: shed + context.turns.state().refused,
    log: context.log.stats(),
    endpoints: [...context.live.values()].map((endpoint) => ({
      ...endpointStats(endpoint),
      workers: endpointWorkers(endpoint, context.scaler),
    })),
  };
}
