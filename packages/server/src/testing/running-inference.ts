import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DataPlaneProcess, dataPlaneProcess } from '../adapters/processes/index.ts';
import type { InferenceSettings } from '../inference/index.ts';
import type { TableEndpoint } from '../stages/deploy/index.ts';
import { builtInference, builtModelProcess } from './built-inference.ts';
import type { BuiltBundle } from './bundle-builder.ts';

export type RunningInference = {
  dataPlane: DataPlaneProcess;
  /** The file that was started. */
  entry: string;
  /** The file that a model's process is started from. */
  modelEntry: string;
  /** A temporary folder, gone after `end`. */
  home: string;
  logDir: string;
  end(): Promise<void>;
};

let built: Promise<string> | undefined;

/** The built entry of the process: made once for all tests of a file. */
function entryOnce(): Promise<string> {
  built ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-entry-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const [entry] = await Promise.all([builtInference(folder), builtModelProcess(folder)]);
    return entry;
  })();
  return built;
}

/** The data-plane process as it ships, on a free port of loopback. */
export async function runningInference(
  settings: Partial<InferenceSettings> = {},
  onDeath: (reason?: string) => void = () => {},
): Promise<RunningInference> {
  const home = await mkdtemp(join(tmpdir(), 'slipway-inference-'));
  const logDir = join(home, 'predictions');
  const entry = await entryOnce();
  const dataPlane = dataPlaneProcess({ entry, host: '127.0.0.1', port: 0, logDir, settings, onDeath });
  await dataPlane.start();
  return {
    dataPlane,
    entry,
    modelEntry: join(dirname(entry), 'model-process.js'),
    home,
    logDir,
    async end() {
      await dataPlane.stop();
      await rm(home, { recursive: true });
    },
  };
}

/** An endpoint of a routing table that serves one version to the bearers of `tokens`. */
export function endpointOf(
  name: string,
  tokens: string[],
  modelVersion: number,
  { bundleId, folder }: Pick<BuiltBundle, 'bundleId' | 'folder'>,
): TableEndpoint {
  const tokenHashes = tokens.map((token) => createHash('sha256').update(token).digest('hex'));
  return { name, tokenHashes, routes: [{ modelName: name, modelVersion, bundleId, folder, weight: 1 }] };
}
