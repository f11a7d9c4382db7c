import { endpointsOpenTo } from '../bearer-token.ts';
import type { Call } from '../call.ts';
import { type InferenceContext, isReady } from '../context.ts';
import { indexOf, modelConfig, modelMetadata, SERVER_METADATA } from '../dialects/v2/metadata.ts';
import { checkLoaded, refuseUnload } from '../dialects/v2/repository.ts';
import { modelStatistics } from '../dialects/v2/statistics.ts';
import { chooseRoute } from '../routing/choose-route.ts';
import { type InferMessage, inferOverGrpc } from './infer.ts';

export type Asked = { call: Call; message: Record<string, unknown>; authorization: string | undefined };

/** One method of a service: the names of its messages, and what it does. */
export type MethodSpec = {
  path: string;
  request: string;
  response: string;
  /** The field that names the endpoint the call is about, when it names one. */
  endpointField?: 'name' | 'model_name';
  /** Whether a call may do without an endpoint, and then without a token. */
  isEndpointOptional?: true;
  isLimited?: true;
  answer: (context: InferenceContext, asked: Asked) => object | Promise<object>;
};

const SERVICE = '/inference.GRPCInferenceService';

/** `ModelStreamInfer` is `ModelInfer` once for each message; what fails is told in the stream, which goes on. */
export const INFER: MethodSpec = {
  path: `${SERVICE}/ModelInfer`,
  request: 'ModelInferRequest',
  response: 'ModelInferResponse',
  endpointField: 'model_name',
  isLimited: true,
  answer: (context, { call, message }) => inferOverGrpc(context, call, message as unknown as InferMessage),
};

export const STREAM_PATH = `${SERVICE}/ModelStreamInfer`;

/** Every method but the streaming one. */
export const METHODS: readonly MethodSpec[] = [
  INFER,
  {
    path: `${SERVICE}/ServerLive`,
    request: 'Empty',
    response: 'LiveResponse',
    answer: () => ({ live: true }),
  },
  {
    path: `${SERVICE}/ServerReady`,
    request: 'Empty',
    response: 'ReadyResponse',
    answer: (context) => ({ ready: isReady(context) }),
  },
  {
    path: `${SERVICE}/ServerMetadata`,
    request: 'Empty',
    response: 'ServerMetadataResponse',
    answer: () => SERVER_METADATA,
  },
  {
    path: `${SERVICE}/ModelReady`,
    request: 'ModelRequest',
    response: 'ReadyResponse',
    endpointField: 'name',
    answer(context, { call }) {
      chooseRoute(call);
      return { ready: context.phase === 'ready' };
    },
  },
  {
    path: `${SERVICE}/ModelMetadata`,
    request: 'ModelRequest',
    response: 'ModelMetadataResponse',
    endpointField: 'name',
    answer: (_, { call }) => modelMetadata(call.endpoint!, chooseRoute(call)),
  },
  {
    path: `${SERVICE}/ModelConfig`,
    request: 'ModelRequest',
    response: 'ModelConfigResponse',
    endpointField: 'name',
    answer: (_, { call }) => ({ config: modelConfig(call.endpoint!, chooseRoute(call)) }),
  },
  {
    path: `${SERVICE}/ModelStatistics`,
    request: 'ModelRequest',
    response: 'ModelStatisticsResponse',
    endpointField: 'name',
    isEndpointOptional: true,
    answer(context, { call, authorization }) {
      const endpoints =
        call.endpoint === undefined ? endpointsOpenTo(authorization, context.live.values()) : [call.endpoint];
      return { model_stats: endpoints.flatMap((endpoint) => modelStatistics(endpoint, call.version)) };
    },
  },
  {
    path: `${SERVICE}/RepositoryIndex`,
    request: 'RepositoryIndexRequest',
    response: 'RepositoryIndexResponse',
    answer: (context, { message, authorization }) => ({
      models: indexOf(endpointsOpenTo(authorization, context.live.values()), message.ready === true),
    }),
  },
  {
    path: `${SERVICE}/RepositoryModelLoad`,
    request: 'RepositoryModelRequest',
    response: 'Empty',
    endpointField: 'model_name',
    answer(_, { call }) {
      checkLoaded(call);
      return {};
    },
  },
  {
    path: `${SERVICE}/RepositoryModelUnload`,
    request: 'RepositoryModelRequest',
    response: 'Empty',
    endpointField: 'model_name',
    answer: refuseUnload,
  },
  {
    path: '/grpc.health.v1.Health/Check',
    request: 'HealthCheckRequest',
    response: 'HealthCheckResponse',
    answer: (context) => ({ status: isReady(context) ? 'SERVING' : 'NOT_SERVING' }),
  },
];
