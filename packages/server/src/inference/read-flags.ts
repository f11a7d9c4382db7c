import { parseArgs } from 'node:util';
import { fail, ownValue } from '@slipway/contract';
import type { VertexRoutes } from './dialects/vertex.ts';
import { INFERENCE_SETTINGS, type InferenceSettings } from './settings.ts';

/** What the command line of the inference process says. */
export type InferenceFlags = {
  host: string;
  port: number;
  /** Folder of the prediction log; nothing is logged without. */
  logDir: string | undefined;
  /** File in which the counts of endpoints are kept between two lives of the process. */
  countsFile: string | undefined;
  allowedHosts: string[];
  /** By which address others reach the process. */
  publicUrl: string | undefined;
  /** PEM files; served with TLS when there are. */
  tls: { certificate: string; key: string } | undefined;
  /** Of a process of its own: the bundle to serve, and under which name. */
  modelDir: string | undefined;
  modelName: string | undefined;
  modelVersion: number;
  /** File with one token a line; without it everyone may call. */
  tokenFile: string | undefined;
  /** Where Vertex AI said that it calls. */
  vertexRoutes: VertexRoutes | undefined;
  settings: Partial<InferenceSettings>;
};

/** What clouds that run containers tell them by: Vertex AI (AIP_*) and SageMaker. An empty variable counts as unset. */
export type CloudEnvironment = Partial<
  Record<'AIP_HTTP_PORT' | 'AIP_HEALTH_ROUTE' | 'AIP_PREDICT_ROUTE' | 'SAGEMAKER_BIND_TO_PORT', string>
>;

/** Reads the flags, which win over what a cloud says. Throws `config.invalid`. */
export function readFlags(args: readonly string[], cloud: CloudEnvironment = {}): InferenceFlags {
  const values = parse(args);
  const cloudPort = cloud.AIP_HTTP_PORT || cloud.SAGEMAKER_BIND_TO_PORT || undefined;
  const text = (name: string): string | undefined => {
    const value = ownValue(values, name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    host: text('host') ?? '127.0.0.1',
    port: wholeNumber('port', text('port') ?? cloudPort ?? '7401', 0, 65_535),
    logDir: text('log-dir'),
    countsFile: text('counts-file'),
    allowedHosts: (text('allowed-hosts') ?? '').split(',').filter((name) => name !== ''),
    publicUrl: text('public-url'),
    tls: tlsOf(text('tls-certificate'), text('tls-key')),
    modelDir: text('model-dir'),
    modelName: text('model-name'),
    modelVersion: wholeNumber('model-version', text('model-version') ?? '1', 1, 2 ** 31),
    tokenFile: text('token-file'),
    vertexRoutes: vertexRoutesOf(cloud),
    settings: readSettings(text),
  };
}

function tlsOf(certificate: string | undefined, key: string | undefined): InferenceFlags['tls'] {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === key) return undefined;
  throw fail('config.invalid', { reason: '--tls-certificate and --tls-key go together' });
}

function vertexRoutesOf(cloud: CloudEnvironment): VertexRoutes | undefined {
  const { AIP_HEALTH_ROUTE: health, AIP_PREDICT_ROUTE: predict } = cloud;
  return health && predict ? { health, predict } : undefined;
}

const OWN_FLAGS = [
  'host',
  'port',
  'log-dir',
  'counts-file',
  'allowed-hosts',
  'public-url',
  'model-dir',
  'model-name',
  'model-version',
  'token-file',
  'tls-certificate',
  'tls-key',
];

const SETTING_FLAGS = Object.fromEntries(
  Object.keys(INFERENCE_SETTINGS).map((name) => [flagOf(name), name as keyof InferenceSettings]),
);

/** `maxBodyBytes` is `--max-body-bytes`. */
export function flagOf(setting: string): string {
  return setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** SageMaker runs `docker run IMAGE serve`. */
const SAGEMAKER_COMMAND = 'serve';

function parse(args: readonly string[]): Record<string, string | boolean | undefined> {
  const names = [...OWN_FLAGS, ...Object.keys(SETTING_FLAGS)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: args.filter((arg) => arg !== SAGEMAKER_COMMAND), options }).values;
  } catch (error) {
    throw fail('config.invalid', { reason: error instanceof Error ? error.message : String(error) });
  }
}

function readSettings(text: (name: string) => string | undefined): Partial<InferenceSettings> {
  const settings: Partial<Record<keyof InferenceSettings, string | number>> = {};
  for (const [flag, name] of Object.entries(SETTING_FLAGS)) {
    const raw = text(flag);
    if (raw === undefined) continue;
    try {
      settings[name] = INFERENCE_SETTINGS[name].read(raw);
    } catch (error) {
      throw fail('config.invalid', { reason: `--${flag} must be ${(error as Error).message}` });
    }
  }
  return settings as Partial<InferenceSettings>;
}

function wholeNumber(name: string, raw: string, min: number, max: number): number {
  const value = Number(raw);
  if (!/^\d+$/.test(raw) || value < min || value > max) {
    throw fail('config.invalid', { reason: `--${name} must be a whole number from ${min} to ${max}` });
  }
  return value;
}
