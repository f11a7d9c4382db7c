import { flagSetting, integerSetting, textSetting, type ValuesOf } from '../kernel/index.ts';
import { corsOriginsSetting } from './cors.ts';
import { executionProvidersSetting } from './execution-providers.ts';

const MIB = 1024 * 1024;

/** What the inference process can be told, besides where to listen. */
export const INFERENCE_SETTINGS = {
  maxBodyBytes: integerSetting({
    default: 8 * MIB,
    min: 1024,
    max: 1024 * MIB,
    says: 'Largest body of a request; larger ones are refused with 413.',
  }),
  maxRows: integerSetting({
    default: 10_000,
    min: 1,
    max: 10_000_000,
    says: 'Most rows a request may hold.',
  }),
  maxInFlight: integerSetting({
    default: 1024,
    min: 1,
    max: 100_000,
    says: 'Requests being answered at once; more are refused with 429.',
  }),
  maxReceiving: integerSetting({
    default: 8192,
    min: 1,
    max: 1_000_000,
    says: 'Requests whose bodies are on their way at once; more are refused with 429.',
  }),
  maxConnections: integerSetting({
    default: 16_384,
    min: 1,
    max: 1_000_000,
    says: 'Open connections; more are closed as they come.',
  }),
  maxBufferedBytes: integerSetting({
    default: 256 * MIB,
    min: MIB,
    max: 1024 * 1024 * MIB,
    says: 'Bytes of bodies held at once; beyond that requests are refused with 429.',
  }),
  maxAnswerBytes: integerSetting({
    default: 256 * MIB,
    min: 1024,
    max: 64 * 1024 * MIB,
    says: 'Largest body of an answer before compression, and most bytes of all outputs of a run; what would be larger is refused with 413.',
  }),
  answerMemoryMegabytes: integerSetting({
    default: 512,
    min: 16,
    max: 1_048_576,
    says: 'Memory for answers under way, MiB, counted before their models run; one endpoint has half of it at most. Requests for which there is none wait up to maxHoldMs, then they are refused with 429.',
  }),
  answerThreads: integerSetting({
    default: 0,
    min: 0,
    max: 256,
    says: 'Threads that write large answers of ONNX models as JSON; 0 takes one for each four cores.',
  }),
  answerTimeoutMs: integerSetting({
    default: 300_000,
    min: 100,
    max: 3_600_000,
    says: 'Time a client has to read a large answer; then its connection is cut.',
  }),
  maxWaitMs: integerSetting({
    default: 1000,
    min: 10,
    max: 60_000,
    says: 'How long a request may have to wait for the thread that answers; beyond that requests are refused with 429.',
  }),
  maxLagMs: integerSetting({
    default: 5000,
    min: 10,
    max: 60_000,
    says: 'How late the event loop may run before requests are refused with 429; a machine that was busy elsewhere is no overload.',
  }),
  headersTimeoutMs: integerSetting({
    default: 20_000,
    min: 100,
    max: 600_000,
    says: 'Time a client has to send the headers of a request.',
  }),
  requestTimeoutMs: integerSetting({
    default: 60_000,
    min: 100,
    max: 3_600_000,
    says: 'Time a client has to send a whole request.',
  }),
  idleTimeoutMs: integerSetting({
    default: 120_000,
    min: 100,
    max: 3_600_000,
    says: 'Time after which a connection whose client neither sends nor reads is cut.',
  }),
  keepAliveTimeoutMs: integerSetting({
    default: 75_000,
    min: 100,
    max: 3_600_000,
    says: 'Time an idle connection is kept; above the 60 s of common load balancers.',
  }),
  drainGraceMs: integerSetting({
    default: 0,
    min: 0,
    max: 600_000,
    says: 'Time between failing readiness and closing the listener, for load balancers to notice.',
  }),
  drainDeadlineMs: integerSetting({
    default: 25_000,
    min: 0,
    max: 600_000,
    says: 'Longest wait for requests under way before connections are cut.',
  }),
  compressFromBytes: integerSetting({
    default: 16 * 1024,
    min: 0,
    max: 1024 * MIB,
    says: 'Size from which an answer is compressed for clients that accept gzip or deflate.',
  }),
  rateLimitPerSecond: integerSetting({
    default: 0,
    min: 0,
    max: 1_000_000,
    says: 'Requests a second that each token may send to each endpoint; 0 for any number.',
  }),
  rateLimitBurst: integerSetting({
    default: 0,
    min: 0,
    max: 1_000_000,
    says: 'Requests that a token may send at once after a pause; 0 takes the rate of one second.',
  }),
  quotaRowsPerDay: integerSetting({
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    says: 'Rows that each token may have predicted by each endpoint in a day (UTC); 0 for any number.',
  }),
  cacheBytes: integerSetting({
    default: 0,
    min: 0,
    max: 64 * 1024 * MIB,
    says: 'Memory for answers to bodies seen before, by model version; 0 remembers none.',
  }),
  corsOrigins: corsOriginsSetting,
  rememberedIds: integerSetting({
    default: 20_000,
    min: 0,
    max: 10_000_000,
    says: 'Predictions with ids of their callers that are remembered, so that a request sent again is answered again and logged once; 0 for none.',
  }),
  grpcPort: integerSetting({
    default: 0,
    min: 0,
    max: 65_535,
    says: 'Port of the Open Inference Protocol over gRPC, 7402 for instance; 0 leaves it out.',
  }),
  executionProviders: executionProvidersSetting,
  modelProcesses: integerSetting({
    default: 0,
    min: 0,
    max: 256,
    says: 'Processes of one ONNX model at most, where its endpoint does not say; 0 takes one fewer than there are cores.',
  }),
  minWorkers: integerSetting({
    default: 1,
    min: 0,
    max: 256,
    says: 'Minimum number of workers of a model, unless its endpoint sets `scaling.min`; 0 unloads a model that is not called.',
  }),
  targetConcurrency: integerSetting({
    default: 4,
    min: 1,
    max: 10_000,
    says: 'Requests under way that one worker should have, where the endpoint does not say.',
  }),
  idleSeconds: integerSetting({
    default: 300,
    min: 1,
    max: 86_400,
    says: 'Silence after which a model goes that need not be there, where its endpoint does not say.',
  }),
  scaleWindowSeconds: integerSetting({
    default: 30,
    min: 1,
    max: 600,
    says: 'Time over which load is averaged to decide about workers; bursts are seen over a tenth of it.',
  }),
  scaleDownDelaySeconds: integerSetting({
    default: 30,
    min: 0,
    max: 3600,
    says: 'How long load must be gone before workers go.',
  }),
  workerBudget: integerSetting({
    default: 0,
    min: 0,
    max: 4096,
    says: 'Workers of all models together that load may bring; 0 takes as many as there are cores.',
  }),
  workerMemoryMegabytes: integerSetting({
    default: 0,
    min: 0,
    max: 16_777_216,
    says: 'Memory of the workers of all models together, MiB; 0 takes half of what the machine has.',
  }),
  maxHeldRequests: integerSetting({
    default: 1000,
    min: 1,
    max: 1_000_000,
    says: 'Requests that may wait for a model that is being brought back; more are refused with 429.',
  }),
  maxHoldMs: integerSetting({
    default: 10_000,
    min: 10,
    max: 600_000,
    says: 'How long such a request waits; then it is refused with 503, to be sent again.',
  }),
  modelMemoryMegabytes: integerSetting({
    default: 4096,
    min: 128,
    max: 1_048_576,
    says: 'Memory of one such process, MiB; one that takes more is ended and started again.',
  }),
  modelLoadTimeoutMs: integerSetting({
    default: 50_000,
    min: 100,
    max: 3_600_000,
    says: 'Time in which a model must be loaded and warm; one that is not gets no requests.',
  }),
  modelRunTimeoutMs: integerSetting({
    default: 30_000,
    min: 10,
    max: 3_600_000,
    says: 'Longest time of one run of an ONNX model; then its process is ended and started again.',
  }),
  maxBatchRows: integerSetting({
    default: 1024,
    min: 1,
    max: 1_000_000,
    says: 'Rows of several requests in one batch of an ONNX model, where its rows are independent.',
  }),
  maxBatchDelayMs: integerSetting({
    default: 0,
    min: 0,
    max: 10_000,
    says: 'How long a request waits for others to be run with; 0 runs it as soon as a process is free.',
  }),
  maxWaitingRows: integerSetting({
    default: 10_000,
    min: 1,
    max: 10_000_000,
    says: 'Rows that may wait for an ONNX model; more are refused with 429.',
  }),
  accessLog: textSetting({
    default: '',
    says: 'File that gets one JSON line a request; - is the output, where the process runs on its own; empty for none.',
  }),
  openMetrics: flagSetting({
    default: false,
    says: 'Answer `/metrics` without a token also where the data plane of a platform listens beyond loopback.',
  }),
  otlpEndpoint: textSetting({
    default: '',
    says: 'Address of an OpenTelemetry collector that takes traces as OTLP over HTTP in JSON; empty for none.',
  }),
  traceSamplePercent: integerSetting({
    default: 100,
    min: 0,
    max: 100,
    says: 'Share of the traces that begin here which are exported; callers decide about theirs.',
  }),
};

export type InferenceSettings = ValuesOf<typeof INFERENCE_SETTINGS>;

export function inferenceDefaults(): InferenceSettings {
  const entries = Object.entries(INFERENCE_SETTINGS).map(([name, setting]) => [name, setting.default]);
  return Object.fromEntries(entries) as InferenceSettings;
}
