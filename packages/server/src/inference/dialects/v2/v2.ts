import type { FailureKind } from '@slipway/contract';
import { endpointsOpenTo } from '../../bearer-token.ts';
import { type InferenceContext, isReady } from '../../context.ts';
import { answer, answerJson, type Exchange, JSON_TYPE } from '../../exchange.ts';
import { V2_HINTS } from '../../hints.ts';
import { type FailureWriter, failureText, statusOf } from '../../problem.ts';
import { parseJson, readText } from '../../read-json.ts';
import { chooseRoute } from '../../routing/choose-route.ts';
import type { Action, Answer, Dialect } from '../dialect.ts';
import { answerInfer } from './infer.ts';
import { indexOf, modelConfig, modelMetadata, SERVER_METADATA } from './metadata.ts';
import { checkLoaded, refuseUnload } from './repository.ts';
import { modelStatistics } from './statistics.ts';

/**
 * The Open Inference Protocol, version 2, over HTTP, with Triton's extensions for binary tensors, configuration,
 * statistics and the model repository. https://github.com/kserve/open-inference-protocol
 */
export const v2: Dialect = {
  id: 'v2',
  prefix: '/v2/',
  failure: v2Failure(),
  actions: [
    { method: 'GET', path: '/v2', answer: (_, exchange) => answerJson(exchange, 200, SERVER_METADATA) },
    {
      method: 'GET',
      path: '/v2/health/live',
      answer: (_, exchange) => answerJson(exchange, 200, { live: true }),
    },
    { method: 'GET', path: '/v2/health/ready', answer: answerReady },
    { method: 'GET', path: '/v2/models/stats', answer: answerAllStatistics },
    ...modelActions('/v2/models/{name}'),
    ...modelActions('/v2/models/{name}/versions/{version}'),
    ...repositoryActions('/v2/repository'),
  ],
};

function modelActions(path: string): Action[] {
  return [
    { method: 'GET', path, answer: aboutRoute(modelMetadata) },
    { method: 'GET', path: `${path}/ready`, answer: answerModelReady },
    { method: 'GET', path: `${path}/config`, answer: aboutRoute(modelConfig) },
    { method: 'GET', path: `${path}/stats`, answer: answerStatistics },
    { method: 'POST', path: `${path}/infer`, answer: answerInfer, isLimited: true, checkMedium: () => {} },
  ];
}

function repositoryActions(path: string): Action[] {
  const checkMedium = () => {};
  return [
    { method: 'POST', path: `${path}/index`, answer: answerIndex, checkMedium },
    { method: 'POST', path: `${path}/models/{name}/load`, answer: answerLoad, checkMedium },
    { method: 'POST', path: `${path}/models/{name}/unload`, answer: refuseUnload, checkMedium },
  ];
}

function answerReady(context: InferenceContext, exchange: Exchange): void {
  const ready = isReady(context);
  answerJson(exchange, ready ? 200 : 503, ready ? { ready } : { ready, error: 'not ready' });
}

function answerModelReady(context: InferenceContext, exchange: Exchange): void {
  chooseRoute(exchange);
  const ready = context.phase === 'ready';
  const { name } = exchange.endpoint!;
  answerJson(exchange, ready ? 200 : 503, ready ? { name, ready } : { name, ready, error: 'not ready' });
}

function aboutRoute(tell: typeof modelMetadata | typeof modelConfig): Answer {
  return (_, exchange) => {
    const route = chooseRoute(exchange);
    answerJson(exchange, 200, tell(exchange.endpoint!, route));
  };
}

function answerStatistics(_context: InferenceContext, exchange: Exchange): void {
  answerJson(exchange, 200, { model_stats: modelStatistics(exchange.endpoint!, exchange.version) });
}

/** Of the endpoints that the caller's token may call. */
function answerAllStatistics(context: InferenceContext, exchange: Exchange): void {
  const open = endpointsOpenTo(exchange.headers.authorization, context.live.values());
  answerJson(exchange, 200, { model_stats: open.flatMap((endpoint) => modelStatistics(endpoint)) });
}

/** The endpoints that the caller's token may call. */
function answerIndex(context: InferenceContext, exchange: Exchange, body: Buffer): void {
  const open = endpointsOpenTo(exchange.headers.authorization, context.live.values());
  const asked = body.length === 0 ? {} : (parseJson(readText(body)) as { ready?: unknown } | null);
  answerJson(exchange, 200, indexOf(open, asked?.ready === true));
}

function answerLoad(_context: InferenceContext, exchange: Exchange): void {
  checkLoaded(exchange);
  answer(exchange, 200, JSON_TYPE, '{}');
}

/** The protocol's usual status for every fault of the request's content. */
const V2_STATUS: Partial<Record<FailureKind, number>> = { unprocessable: 400, unsupported: 400 };

function v2Failure(): FailureWriter {
  return (failure) => ({
    status: statusOf(failure, V2_STATUS),
    contentType: JSON_TYPE,
    body: JSON.stringify({ error: failureText(failure, V2_HINTS) }),
  });
}
