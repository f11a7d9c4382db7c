import { flagSetting, integerSetting, listSetting, textSetting, urlSetting } from '../kernel/index.ts';

export const httpSettings = {
  host: textSetting({
    default: '127.0.0.1',
    says: 'Address that the control plane and the data plane listen on.',
  }),
  port: integerSetting({
    default: 7400,
    min: 0,
    max: 65_535,
    says: 'Port of the control plane; 0 takes a free one.',
  }),
  inferencePort: integerSetting({
    default: 7401,
    min: 0,
    max: 65_535,
    says: 'Port of the data plane; 0 takes a free one.',
  }),
  publicUrl: urlSetting({
    prefix: false,
    says: 'Address by which others reach the control plane and the console, when it is not the one listened on.',
  }),
  inferencePublicUrl: urlSetting({
    prefix: true,
    says: 'Address by which others reach the data plane; unless told, the host of `publicUrl` with the port of the data plane.',
  }),
  tlsCertificate: textSetting({
    default: '',
    says: 'PEM file with the certificate, and the chain behind it, by which both planes serve with TLS.',
  }),
  tlsKey: textSetting({
    default: '',
    says: 'PEM file with the key of the certificate.',
  }),
  insecure: flagSetting({
    default: false,
    says: 'Allow listening beyond loopback without TLS, for when TLS ends in front of Slipway.',
  }),
  allowedHosts: listSetting({
    default: [],
    says: 'Host names that requests may carry, besides the address listened on and localhost.',
  }),
  maxBodyBytes: integerSetting({
    default: 16 * 1024 * 1024,
    min: 1024,
    max: 1024 ** 3,
    says: 'Largest JSON body taken.',
  }),
  maxUploadBytes: integerSetting({
    default: 20 * 1024 ** 3,
    min: 1024,
    max: 1024 ** 4,
    says: 'Largest file taken by an upload.',
  }),
  maxUploadedBytesPerKey: integerSetting({
    default: 100 * 1024 ** 3,
    min: 1024,
    max: 1024 ** 5,
    says: 'Bytes of the files that one API key has uploaded and that are kept as uploads, for a day. Keys that may make keys (owner, admin) have no such limit.',
  }),
  headersTimeoutMs: integerSetting({
    default: 20_000,
    min: 100,
    max: 600_000,
    says: 'Time a client of the control plane has from opening a connection to the end of the headers of a request.',
  }),
  bodyTimeoutMs: integerSetting({
    default: 60_000,
    min: 100,
    max: 3_600_000,
    says: 'Time a client has to send a JSON body. An upload may take longer, at `http.minUploadBytesPerSecond`.',
  }),
  minUploadBytesPerSecond: integerSetting({
    default: 1024,
    min: 0,
    max: 1024 ** 3,
    says: 'Rate below which an upload is cut after a minute of waiting for its bytes; 0 for any rate.',
  }),
  maxConnections: integerSetting({
    default: 4096,
    min: 1,
    max: 1_000_000,
    says: 'Open connections of the control plane; more are closed as they come.',
  }),
  maxConnectionsPerAddress: integerSetting({
    default: 512,
    min: 1,
    max: 1_000_000,
    says: 'Open connections of one address (IPv6: of one /64 network); raise it where a proxy brings all callers.',
  }),
  rateLimitPerSecond: integerSetting({
    default: 200,
    min: 0,
    max: 1_000_000,
    says: 'Requests a second that one API key may send to the control plane; 0 for any number.',
  }),
  rateLimitBurst: integerSetting({
    default: 2000,
    min: 1,
    max: 1_000_000,
    says: 'Requests that one API key may send at once after a pause.',
  }),
  maxRequestsPerKey: integerSetting({
    default: 256,
    min: 1,
    max: 1_000_000,
    says: 'Requests of one API key in progress at once, long polls included.',
  }),
  maxUploadsPerKey: integerSetting({
    default: 16,
    min: 1,
    max: 100_000,
    says: 'Uploads of one API key that arrive at once.',
  }),
  maxOpenJobsPerKey: integerSetting({
    default: 200,
    min: 1,
    max: 1_000_000,
    says: 'Jobs that one API key may have queued or running.',
  }),
  maxOpenPipelineRunsPerKey: integerSetting({
    default: 50,
    min: 1,
    max: 100_000,
    says: 'Trainings, whole lifecycles and retrainings that one API key may have under way.',
  }),
  failedKeysBeforeLockout: integerSetting({
    default: 20,
    min: 1,
    max: 1_000_000,
    says: 'Wrong keys from one address (IPv6: one /64 network) before further keys from it wait: 1 s, and twice as long with each wrong key after that, up to 15 minutes.',
  }),
} as const;
