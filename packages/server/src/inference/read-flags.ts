import { parseArgs } from 'node:util';
import { fail, ownValue } from '@slipway/contract';
import {
  cloudPort,
  type Environment,
  flagOf,
  readContainerEnvironment,
  variableOf,
  vertexRoutesIn,
} from './container-environment.ts';
import type { VertexRoutes } from './dialects/vertex.ts';
import { INFERENCE_SETTINGS, type InferenceSettings } from './settings.ts';

/** Who may call a process that serves one folder: the bearers of the tokens in a file, or everyone. */
export type Access = 'tokens' | 'open';

/** How far processes of models are confined. */
export type SandboxMode = (typeof SANDBOX_MODES)[number];
const SANDBOX_MODES = ['auto', 'required', 'off'] as const;

/** What the command line of the inference process says. */
export type InferenceFlags = {
  host: string;
  port: number;
  /** Folder of the prediction log, or `-` for the output; nothing is logged without. */
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
  access: Access;
  /** File with one token a line. */
  tokenFile: string | undefined;
  /** Where Vertex AI said that it calls. */
  vertexRoutes: VertexRoutes | undefined;
  /** A folder for the socket at which processes of the platform that have no network reach this one. */
  socketFolder: string | undefined;
  sandbox: SandboxMode;
  settings: Partial<InferenceSettings>;
  /** Variables `SLIPWAY_*` of the environment that mean nothing to this process. */
  unknownVariables: string[];
};

/**
 * Reads the flags. They win over the port that a cloud asks for (`AIP_HTTP_PORT`, `SAGEMAKER_BIND_TO_PORT`), which wins
 * over the `SLIPWAY_*` variables of a container; those count with `--model-dir` only. An empty variable counts as unset.
 * Throws `config.invalid`.
 */
export function readFlags(args: readonly string[], environment: Environment = {}): InferenceFlags {
  const values = parse(args);
  const ofFlag = (name: string): string | undefined => {
    const value = ownValue(values, name);
    return typeof value === 'string' ? value : undefined;
  };
  const isOnItsOwn = ofFlag('model-dir') !== undefined;
  const container = readContainerEnvironment(isOnItsOwn ? environment : {});
  const text = (name: string) => ofFlag(name) ?? container.flags.get(name);
  return {
    host: text('host') ?? '127.0.0.1',
    port: portOf(ofFlag('port'), environment, container.flags.get('port')),
    logDir: text('log-dir'),
    countsFile: text('counts-file'),
    allowedHosts: (text('allowed-hosts') ?? '').split(',').filter((name) => name !== ''),
    publicUrl: text('public-url'),
    tls: tlsOf(text('tls-certificate'), text('tls-key')),
    modelDir: text('model-dir'),
    modelName: text('model-name'),
    modelVersion: wholeNumber('--model-version', text('model-version') ?? '1', 1, 2 ** 31),
    access: accessOf(text('access') ?? 'tokens'),
    tokenFile: text('token-file'),
    vertexRoutes: vertexRoutesIn(environment),
    socketFolder: ofFlag('socket-folder'),
    sandbox: sandboxOf(text('sandbox') ?? 'auto'),
    settings: readSettings(text, ofFlag),
    unknownVariables: container.unknown,
  };
}

function portOf(flag: string | undefined, environment: Environment, variable: string | undefined): number {
  if (flag !== undefined) return wholeNumber('--port', flag, 0, MOST_PORT);
  const cloud = cloudPort(environment);
  if (cloud !== undefined) return wholeNumber(cloud.name, cloud.value, 0, MOST_PORT);
  return wholeNumber('SLIPWAY_LISTEN_PORT', variable ?? '7401', 0, MOST_PORT);
}

const MOST_PORT = 65_535;

function accessOf(text: string): Access {
  if (text === 'tokens' || text === 'open') return text;
  throw fail('config.invalid', { reason: '--access (SLIPWAY_ACCESS) must be tokens or open' });
}

function sandboxOf(text: string): SandboxMode {
  const found = SANDBOX_MODES.find((mode) => mode === text);
  if (found !== undefined) return found;
  throw fail('config.invalid', { reason: '--sandbox (SLIPWAY_SANDBOX) must be auto, required or off' });
}

function tlsOf(certificate: string | undefined, key: string | undefined): InferenceFlags['tls'] {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === key) return undefined;
  throw fail('config.invalid', { reason: '--tls-certificate and --tls-key go together' });
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
  'access',
  'sandbox',
  'socket-folder',
  'token-file',
  'tls-certificate',
  'tls-key',
];

const SETTING_FLAGS = Object.fromEntries(
  Object.keys(INFERENCE_SETTINGS).map((name) => [flagOf(name), name as keyof InferenceSettings]),
);

/** SageMaker runs `docker run IMAGE serve`: the last argument. */
const SAGEMAKER_COMMAND = 'serve';

function parse(args: readonly string[]): Record<string, string | boolean | undefined> {
  const names = [...OWN_FLAGS, ...Object.keys(SETTING_FLAGS)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const own = args.at(-1) === SAGEMAKER_COMMAND ? args.slice(0, -1) : [...args];
  try {
    return parseArgs({ args: own, options }).values;
  } catch (error) {
    throw fail('config.invalid', { reason: error instanceof Error ? error.message : String(error) });
  }
}

type Lookup = (name: string) => string | undefined;

function readSettings(text: Lookup, ofFlag: Lookup): Partial<InferenceSettings> {
  const settings: Partial<Record<keyof InferenceSettings, string | number | boolean>> = {};
  for (const [flag, name] of Object.entries(SETTING_FLAGS)) {
    const raw = text(flag);
    if (raw === undefined) continue;
    try {
      settings[name] = INFERENCE_SETTINGS[name].read(raw);
    } catch (error) {
      const place = ofFlag(flag) === undefined ? variableOf(name) : `--${flag}`;
      throw fail('config.invalid', { reason: `${place} must be ${(error as Error).message}` });
    }
  }
  return settings as Partial<InferenceSettings>;
}

function wholeNumber(name: string, raw: string, min: number, max: number): number {
  const value = Number(raw);
  if (!/^\d+$/.test(raw) || value < min || value > max) {
    throw fail('config.invalid', { reason: `${name} must be a whole number from ${min} to ${max}` });
  }
  return value;
}
