import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fail } from '@slipway/contract';
import type { DataPlaneStats, EndpointOutcome, RoutingTable } from '../journey/deploy/index.ts';
import { type PredictionLog, predictionIds } from '../journey/serve/index.ts';
import { type Clock, systemClock } from '../kernel/index.ts';
import { createAdmission } from './admission.ts';
import { applyTable } from './apply-table.ts';
import type { InferenceContext } from './context.ts';
import { drainServer } from './drain-server.ts';
import { endpointMetrics } from './endpoint-metrics.ts';
import { requestHandler } from './handle-request.ts';
import { hostCheck } from './host-check.ts';
import { endpointStats } from './live-endpoint.ts';
import { loadRoute } from './load-route.ts';
import { pathsOf } from './paths.ts';
import { type InferenceSettings, inferenceDefaults } from './settings.ts';

export type InferenceServerOptions = {
  host: string;
  /** 0 for any free one. */
  port: number;
  log: PredictionLog;
  /** Random letters that make the ids of this process its own. */
  processPart: string;
  settings?: Partial<InferenceSettings>;
  /** Names besides loopback's that a loopback server answers to. */
  allowedHosts?: readonly string[];
  /** Told of everything that was answered with `internal`, with its cause. */
  report?: (failure: Error, requestId: string) => void;
  clock?: Clock;
};

/** The server that answers predictions, in this process. */
export interface InferenceServer {
  /** Listens and returns the port. Throws `listen.in-use`. */
  listen(): Promise<number>;
  /** As `DataPlane.apply` promises. One call at a time. */
  apply(table: RoutingTable): Promise<EndpointOutcome[]>;
  stats(): DataPlaneStats;
  /**
   * Fails readiness at once, serves on for the grace time, then closes the listener, finishes what is under way
   * (cutting connections at the deadline), and writes the log. Resolves when nothing is left to do.
   */
  drain(): Promise<void>;
}

export function createInferenceServer(options: InferenceServerOptions): InferenceServer {
  const context = newContext(options);
  let paths = pathsOf(context.live);
  let draining: Promise<void> | undefined;
  const server = newHttpServer(context.settings);
  const handle = requestHandler({
    context,
    paths: () => paths,
    checkHost: hostCheck(options.host, options.allowedHosts),
    newRequestId: predictionIds('req', options.processPart, context.clock),
  });
  server.on('request', handle);

  return {
    listen: () => listen(server, options.host, options.port),
    async apply(table) {
      const { live, outcomes } = await applyTable(context.live, table, loadRoute);
      context.live = live;
      paths = pathsOf(live);
      if (context.phase === 'starting') context.phase = 'ready';
      return outcomes;
    },
    stats: () => statsOf(context),
    drain() {
      context.phase = 'draining';
      draining ??= drainServer(server, context);
      return draining;
    },
  };
}

function newContext(options: InferenceServerOptions): InferenceContext {
  const settings = { ...inferenceDefaults(), ...options.settings };
  const clock = options.clock ?? systemClock;
  return {
    settings,
    clock,
    log: options.log,
    admission: createAdmission(settings),
    newPredictionId: predictionIds('p', options.processPart, clock),
    otherMetrics: endpointMetrics(),
    report: options.report ?? (() => {}),
    live: new Map(),
    phase: 'starting',
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
  return server;
}

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
    shed,
    log: context.log.stats(),
    endpoints: [...context.live.values()].map(endpointStats),
  };
}
