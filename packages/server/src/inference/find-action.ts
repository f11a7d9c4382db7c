import { fail } from '@slipway/contract';
import { checkAnyToken, endpointsOpenTo } from './bearer-token.ts';
import type { InferenceContext } from './context.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { Exchange } from './exchange.ts';
import { admitCaller, endpointNamed, refuseWhileStarting } from './find-endpoint.ts';
import type { LiveEndpoint } from './live-endpoint.ts';
import { type BoundAction, endpointInPath, type Paths, plainPath, versionInPath } from './paths.ts';
import { problemJson } from './problem.ts';

/**
 * The action that a request asks for, its caller allowed and within its rate. Throws `route.missing`,
 * `endpoint.missing`, `endpoint.version-not-served`, `endpoint.ambiguous`, `predict.rate-limited`, and what the token
 * check throws.
 */
export function findAction(
  context: InferenceContext,
  exchange: Exchange,
  paths: Paths,
  dialects: readonly Dialect[],
): BoundAction {
  const { request } = exchange;
  const { authorization } = exchange.headers;
  const url = request.url ?? '/';
  const action = paths.get(url) ?? paths.get(plainPath(url));
  if (action === undefined) throw missingPath(context, exchange, plainPath(url), dialects);
  exchange.dialect = action.dialect.id;
  exchange.failureWriter = action.dialect.failure;
  if (request.method !== action.method && !(request.method === 'HEAD' && action.method === 'GET')) {
    // As for a name that no endpoint has: without a token nobody learns which there are.
    if (action.endpoint !== undefined) checkAnyToken(authorization, context.live.values());
    exchange.allow = action.method;
    throw fail('route.missing', { method: request.method ?? '', path: plainPath(url) });
  }
  if (action.endpoint !== undefined) {
    admitCaller(context, exchange, context.live.get(action.endpoint)!, authorization);
    exchange.version = action.version;
  } else if (action.isAboutEndpoint === true) {
    admitCaller(context, exchange, chosenEndpoint(context, exchange), authorization);
  }
  if (action.isLimited === true) {
    exchange.isPrediction = true;
    const { answerHeaders } = exchange;
    const limits = context.limits.enter(exchange);
    exchange.answerHeaders = answerHeaders === undefined ? limits : [...answerHeaders, ...(limits ?? [])];
  }
  return action;
}

/** The endpoint that a header names, or the only one that the caller may call. */
function chosenEndpoint(context: InferenceContext, { headers }: Exchange): LiveEndpoint {
  const named = headers.endpoint ?? headers.targetModel?.replace(/^\//, '').replace(/\.tar\.gz$/, '');
  if (named !== undefined) return endpointNamed(context, named, headers.authorization);
  const [only, ...more] = endpointsOpenTo(headers.authorization, context.live.values());
  if (only !== undefined && more.length === 0) return only;
  if (only === undefined && context.live.size > 0) throw fail('access.unauthenticated');
  throw fail('endpoint.ambiguous');
}

/** Only a caller with some token is told which endpoints there are not. */
function missingPath(
  context: InferenceContext,
  exchange: Exchange,
  path: string,
  dialects: readonly Dialect[],
): Error {
  const dialect = dialects.find(({ prefix }) => prefix !== undefined && path.startsWith(prefix));
  exchange.dialect = dialect?.id ?? 'slipway';
  exchange.failureWriter = dialect?.failure ?? problemJson;
  const method = exchange.request.method ?? '';
  const name = endpointInPath(path);
  if (name === undefined) return fail('route.missing', { method, path: path.slice(0, 200) });
  refuseWhileStarting(context, name);
  const version = versionInPath(path);
  checkAnyToken(exchange.headers.authorization, context.live.values());
  if (context.live.has(name) && version === undefined) {
    return fail('route.missing', { method, path: path.slice(0, 200) });
  }
  if (!context.live.has(name)) return fail('endpoint.missing', { name });
  return fail('endpoint.version-not-served', { name, version: version! });
}
