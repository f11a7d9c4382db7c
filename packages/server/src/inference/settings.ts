import { integerSetting, type ValuesOf } from '../kernel/index.ts';

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
    says: 'Requests under way at once; more are refused with 429.',
  }),
  maxBufferedBytes: integerSetting({
    default: 256 * MIB,
    min: MIB,
    max: 1024 * 1024 * MIB,
    says: 'Bytes of bodies held at once; beyond that requests are refused with 429.',
  }),
  maxLagMs: integerSetting({
    default: 1000,
    min: 10,
    max: 60_000,
    says: 'How late the event loop may run before requests are refused with 429.',
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
};

export type InferenceSettings = ValuesOf<typeof INFERENCE_SETTINGS>;

export function inferenceDefaults(): InferenceSettings {
  const entries = Object.entries(INFERENCE_SETTINGS).map(([name, setting]) => [name, setting.default]);
  return Object.fromEntries(entries) as InferenceSettings;
}
