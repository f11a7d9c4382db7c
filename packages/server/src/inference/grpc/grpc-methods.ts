import { fail, type SlipwayError, STATUS_OF_KIND } from '@slipway/contract';
import type { Call } from '../call.ts';
import type { InferenceContext } from '../context.ts';
import { countAnswer } from '../endpoint-metrics.ts';
import { admitCaller, endpointNamed } from '../find-endpoint.ts';
import { harmlessId } from '../handle-request.ts';
import { guarded } from '../internal-errors.ts';
import type { LiveEndpoint } from '../live-endpoint.ts';
import { asFailure } from '../problem.ts';
import { traceResponse } from '../tracing/trace-context.ts';
import { encodeInParts, firstName } from './encode-in-parts.ts';
import { INFER, METHODS, type MethodSpec, STREAM_PATH } from './methods.ts';
import { decodeMessage, encodeMessage } from './schema.ts';
import { grpcStatus } from './status.ts';
import type { GrpcAnswer, GrpcMethod, GrpcPeer } from './transport.ts';

/** The Open Inference Protocol over gRPC, for a transport to carry: the same core as over HTTP. */
export function grpcMethods(context: InferenceContext, newRequestId: () => string): GrpcMethod[] {
  const unary = METHODS.map(
    (spec): GrpcMethod => ({
      path: spec.path,
      isStream: false,
      answer: (message, peer) =>
        answerCall(context, spec, message, newCall(context, peer, newRequestId), peer),
    }),
  );
  return [...unary, streamMethod(context, newRequestId)];
}

/** Each message of the stream is a call of its own, with its own token check, rate and id. */
function streamMethod(context: InferenceContext, newRequestId: () => string): GrpcMethod {
  return {
    path: STREAM_PATH,
    isStream: true,
    async answer(bytes, peer) {
      const call = newCall(context, peer, newRequestId);
      const wrapped = { ...INFER, response: 'ModelStreamInferResponse', answer: inferInStream };
      const answer = await answerCall(context, wrapped, bytes, call, peer);
      if ('message' in answer) return answer;
      const message = encodeMessage('ModelStreamInferResponse', { error_message: answer.says });
      return { message, headers: answer.headers };
    },
  };
}

/** A message of the stream is answered by one response, which is the last one to it. */
const inferInStream: MethodSpec['answer'] = async (context, asked) => {
  const response = (await INFER.answer(context, asked)) as { parameters?: object };
  const parameters = { ...response.parameters, triton_final_response: { bool_param: true } };
  return { infer_response: { ...response, parameters } };
};

function newCall(context: InferenceContext, peer: GrpcPeer, newRequestId: () => string): Call {
  const startedAt = performance.now();
  return {
    requestId: harmlessId(peer.header('x-request-id')) ?? newRequestId(),
    startedAt,
    readAt: startedAt,
    predictedAt: 0,
    deadlineAt: peer.deadlineAt === undefined ? undefined : startedAt + peer.deadlineAt - context.clock.now(),
    dialect: 'grpc',
    endpoint: undefined,
    version: undefined,
    route: undefined,
    caller: undefined,
    header: (name) => peer.header(name.toLowerCase()),
    isLogged: undefined,
    metrics: context.otherMetrics,
    isPrediction: false,
    failure: undefined,
    trace: context.tracer.begin(peer.header('traceparent')),
    rows: 0,
  };
}

async function answerCall(
  context: InferenceContext,
  spec: MethodSpec,
  bytes: Buffer,
  call: Call,
  peer: GrpcPeer,
): Promise<GrpcAnswer> {
  const { turns, admission } = context;
  let owner: LiveEndpoint | undefined;
  let isAdmitted = false;
  let held = 0;
  try {
    owner = ownerOf(context, spec, bytes);
    admission.hold(bytes.length, owner);
    held = bytes.length;
    await new Promise<void>((resolve) => turns.run(resolve, owner?.name));
    admission.enter();
    isAdmitted = true;
    const message = decodeMessage(spec.request, bytes);
    const authorization = peer.header('authorization');
    bindEndpoint(context, spec, call, message, authorization);
    if (spec.isLimited === true) {
      call.isPrediction = true;
      context.limits.enter(call);
    }
    const said = await spec.answer(context, { call, message, authorization });
    const answer = await encodeInParts(spec.response, said, () => turns.again(owner?.name));
    const headers = headersOf(call);
    observed(context, spec, call, 200, answer.length);
    return { message: answer, headers };
  } catch (error) {
    return refusal(context, spec, call, asFailure(error));
  } finally {
    call.lease?.release();
    admission.release(held, owner);
    if (isAdmitted) admission.leave();
  }
}

/** The endpoint that a message names, before it is decoded: for whose turn it is only. */
function ownerOf(
  { live }: InferenceContext,
  { endpointField }: MethodSpec,
  bytes: Buffer,
): LiveEndpoint | undefined {
  const name = endpointField === 'model_name' ? firstName(bytes) : undefined;
  return name === undefined ? undefined : live.get(name);
}

function bindEndpoint(
  context: InferenceContext,
  { endpointField, isEndpointOptional }: MethodSpec,
  call: Call,
  message: Record<string, unknown>,
  authorization: string | undefined,
): void {
  if (endpointField === undefined) return;
  const name = String(message[endpointField] ?? '');
  if (name === '' && isEndpointOptional === true) return;
  admitCaller(context, call, endpointNamed(context, name, authorization), authorization);
  call.version = versionOf(name, message.version ?? message.model_version);
}

function versionOf(name: string, version: unknown): number | undefined {
  if (typeof version !== 'string' || version === '') return undefined;
  if (/^\d{1,10}$/.test(version)) return Number(version);
  throw fail('endpoint.version-not-served', { name, version: version.slice(0, 20) });
}

/** Never throws. */
function refusal(context: InferenceContext, spec: MethodSpec, call: Call, failure: SlipwayError): GrpcAnswer {
  call.failure = failure;
  if (failure.code === 'internal') context.errors.report(failure, call.requestId);
  const told = grpcStatus(failure);
  observed(context, spec, call, STATUS_OF_KIND[failure.kind], told.says.length);
  return { ...told, headers: headersOf(call) };
}

/** Never throws: an answer that is there is given, whether or not it can be counted. */
function observed(
  context: InferenceContext,
  spec: MethodSpec,
  call: Call,
  status: number,
  bytes: number,
): void {
  const onError = (error: unknown) => context.errors.report(asFailure(error), call.requestId);
  guarded(() => {
    const seconds = countAnswer(call, status);
    context.calls.count(call, status);
    context.observe?.(call, { status, bytes, seconds }, { method: 'POST', path: spec.path });
  }, onError);
}

function headersOf({ requestId, route, trace }: Call): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': requestId };
  if (route !== undefined) {
    headers['x-slipway-model'] = route.modelName;
    headers['x-slipway-model-version'] = String(route.modelVersion);
  }
  if (trace !== undefined) headers.traceresponse = traceResponse(trace);
  return headers;
}
