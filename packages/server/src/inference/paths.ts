import type { LiveTable } from './apply-table.ts';
import { type InferenceContext, isReady } from './context.ts';
import { answerJson, type Exchange } from './exchange.ts';
import { answerMetrics } from './metrics-page.ts';
import type { Dialect } from './problem.ts';
import { answerEndpoint, answerPredict } from './slipway-rest.ts';
import { answerInfer } from './v2/infer.ts';
import { answerLive, answerModel, answerModelReady, answerReady, answerServer } from './v2/metadata.ts';

/** Answers a request, now or by the time the promise resolves; what it throws is answered as a failure. */
export type Answer = (
  context: InferenceContext,
  exchange: Exchange,
  body: Buffer,
) => Promise<void> | undefined | void;

/** One thing that can be asked for at a path. */
export type Action = {
  method: 'GET' | 'POST';
  answer: Answer;
  dialect: Dialect;
  /** Of actions that need one of the endpoint's tokens: its name. */
  endpoint?: string;
};

/** Every path there is. One look-up finds the action of a request, however many endpoints there are. */
export type Paths = ReadonlyMap<string, Action>;

const SERVER_ACTIONS: Record<string, Action> = {
  '/health': { method: 'GET', answer: answerHealth, dialect: 'slipway' },
  '/metrics': { method: 'GET', answer: answerMetrics, dialect: 'slipway' },
  '/v2': { method: 'GET', answer: answerServer, dialect: 'v2' },
  '/v2/health/live': { method: 'GET', answer: answerLive, dialect: 'v2' },
  '/v2/health/ready': { method: 'GET', answer: answerReady, dialect: 'v2' },
};

const ENDPOINT_ACTIONS: Record<string, Action> = {
  '/endpoints/{name}': { method: 'GET', answer: answerEndpoint, dialect: 'slipway' },
  '/endpoints/{name}/predict': { method: 'POST', answer: answerPredict, dialect: 'slipway' },
  '/v2/models/{name}': { method: 'GET', answer: answerModel, dialect: 'v2' },
  '/v2/models/{name}/ready': { method: 'GET', answer: answerModelReady, dialect: 'v2' },
  '/v2/models/{name}/infer': { method: 'POST', answer: answerInfer, dialect: 'v2' },
};

/** The paths of the server and of every endpoint of `live`. */
export function pathsOf(live: LiveTable): Paths {
  const paths = new Map(Object.entries(SERVER_ACTIONS));
  for (const endpoint of live.keys()) {
    for (const [pattern, action] of Object.entries(ENDPOINT_ACTIONS)) {
      paths.set(pattern.replace('{name}', encodeURIComponent(endpoint)), { ...action, endpoint });
    }
  }
  return paths;
}

/** The path of a URL as {@link pathsOf} writes it: without query and without a slash at the end. */
export function plainPath(url: string): string {
  const path = url.split('?', 1)[0]!;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** The name of the endpoint that a path would be about if there were one of that name. */
export function endpointInPath(path: string): string | undefined {
  return /^\/(?:endpoints|v2\/models)\/([^/]{1,63})(?:\/|$)/.exec(path)?.[1];
}

function answerHealth(context: InferenceContext, exchange: Exchange): void {
  const ready = isReady(context);
  answerJson(exchange, ready ? 200 : 503, { status: ready ? 'ready' : context.phase, ready });
}
