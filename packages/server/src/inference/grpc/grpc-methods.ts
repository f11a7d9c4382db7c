import { fail, type SlipwayError, STATUS_OF_KIND } from '@slipway/contract';
import { checkSomeToken } from '../bearer-token.ts';
import type { Call } from '../call.ts';
import type { InferenceContext } from '../context.ts';
import { countAnswer } from '../endpoint-metrics.ts';
import { admitCaller, endpointNamed } from '../find-endpoint.ts';
import { harmlessId } from '../handle-request.ts';
import { guarded } from '../internal-errors.ts';
import type { LiveEndpoint } from '../live-endpoint.ts';
import { asFailure } from '../problem.ts';
import { traceResponse } from '../tracing/trace-context.ts';
import { encodeInParts, sizeOf } from './encode-in-parts.ts';
import { INFER, METHODS, type MethodSpec, STREAM_PATH } from './methods.ts';
import { decodeMessage, encodeMessage, fieldNumber } from './schema.ts';
import { grpcStatus } from './status.ts';
import { textField } from './text-field.ts';
import type { GrpcAnswer, GrpcMethod, GrpcPeer, GrpcRefusal } from './transport.ts';

/** The Open Inference Protocol over gRPC, for a transport to carry: the same core as over HTTP. */
export function grpcMethods(context: InferenceContext, newRequestId: () => string): GrpcMethod[] {
  const unary = METHODS.map(
    (spec): GrpcMethod => ({
      path: spec.path,
      isStream: false,
      begin: (peer) => beginCall(context, spec, peer, newRequestId),
      answer: (message, peer) =>
        answerCall(context, spec, message, newCall(context, peer, newRequestId), peer),
    }),
  );
  return [...unary, streamMethod(context, newRequestId)];
}

/** Takes the memory of a message that waits behind another one of its stream. */
export function holdMessage(
  { admission }: InferenceContext,
  bytes: number,
): { release: () => void } | GrpcRefusal {
  try {
    admission.hold(bytes);
    return { release: () => admission.release(bytes) };
  } catch (error) {
    return { ...grpcStatus(asFailure(error)), headers: {} };
  }
}

/**
 * A call that names an endpoint needs a token of some endpoint, before any byte of its message is read; which one it opens is looked at
 * when the name is there. The message of one that infers counts as on its way meanwhile.
 */
function beginCall(
  context: InferenceContext,
  spec: MethodSpec,
  peer: GrpcPeer,
  newRequestId: () => string,
): ReturnType<GrpcMethod['begin']> {
  const { endpointField, isEndpointOptional, isLimited } = spec;
  try {
    if (endpointField !== undefined && isEndpointOptional !== true)
      checkSomeToken(peer.header('authorization'), context.live.values());
    if (isLimited !== true) return { received: () => {} };
    context.admission.receive();
    return { received: () => context.admission.received() };
  } catch (error) {
    return refusal(context, spec, newCall(context, peer, newRequestId), asFailure(error));
  }
}

/** Each message of the stream is a call of its own, with its own token check, rate and id. */
function streamMethod(context: InferenceContext, newRequestId: () => string): GrpcMethod {
  const spec = { ...INFER, path: STREAM_PATH, response: 'ModelStreamInferResponse', answer: inferInStream };
  return {
    path: STREAM_PATH,
    isStream: true,
    begin: (peer) => {
      const { isLimited: _, ...open } = spec;
      // A stream stays open between its messages: it is not on its way.
      return beginCall(context, open, peer, newRequestId);
    },
    async answer(bytes, peer) {
      const call = newCall(context, peer, newRequestId);
      const answer = await answerCall(context, spec, bytes, call, peer);
      if ('message' in answer) return answer;
      const message = [encodeMessage('ModelStreamInferResponse', { error_message: answer.says })];
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
  const authorization = peer.header('authorization');
  let isAdmitted = false;
  let held = 0;
  const release = (): void => {
    call.lease?.release();
    admission.release(held, call.endpoint);
    if (isAdmitted) admission.leave();
  };
  try {
    const name = spec.endpointField && textField(bytes, fieldNumber(spec.request, spec.endpointField));
    if (name !== undefined) bindEndpoint(context, spec, call, name, authorization);
    admission.hold(bytes.length, call.endpoint);
    held = bytes.length;
    await new Promise<void>((resolve) => turns.run(resolve, call.endpoint?.name));
    admission.enter();
    isAdmitted = true;
    const message = decodeMessage(spec.request, bytes);
    const told = spec.endpointField && String(message[spec.endpointField] ?? '');
    if (name === undefined && told !== undefined) bindEndpoint(context, spec, call, told, authorization);
    if (call.endpoint !== undefined) {
      checkName(call.endpoint, told);
      call.version = versionOf(call.endpoint.name, message.version ?? message.model_version);
    }
    const said = await spec.answer(context, { call, message, authorization });
    const answer = encodeInParts(spec.response, said);
    const headers = headersOf(call);
    observed(context, spec, call, 200, sizeOf(answer));
    return { message: answer, headers, sent: release };
  } catch (error) {
    const refused = refusal(context, spec, call, asFailure(error));
    release();
    return refused;
  }
}

/** Finds the endpoint of a name and lets the caller pass, before its message is decoded. Throws what `admitCaller` throws. */
function bindEndpoint(
  context: InferenceContext,
  { isEndpointOptional, isLimited }: MethodSpec,
  call: Call,
  name: string,
  authorization: string | undefined,
): void {
  if (name === '' && isEndpointOptional === true) return;
  admitCaller(context, call, endpointNamed(context, name, authorization), authorization);
  if (isLimited !== true) return;
  call.isPrediction = true;
  context.limits.enter(call);
}

/** Only the endpoint whose token was checked is answered. Throws `request.invalid`. */
function checkName({ name }: LiveEndpoint, told: string | undefined): void {
  if (told !== name) throw fail('request.invalid', { reason: 'the name of the model is not readable' });
}

function versionOf(name: string, version: unknown): number | undefined {
  if (typeof version !== 'string' || version === '') return undefined;
  if (/^\d{1,10}$/.test(version)) return Number(version);
  throw fail('endpoint.version-not-served', { name, version: version.slice(0, 20) });
}

/** Never throws. */
function refusal(
  context: InferenceContext,
  spec: MethodSpec,
  call: Call,
  failure: SlipwayError,
): GrpcRefusal {
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
