import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import {
  type AnyManifest,
  type BundleFile,
  type BundleManifest,
  decodeEngineFile,
  decodeForecastFile,
  decodeGraphFile,
  type ReferenceProfile,
  signedHashes,
  type TensorManifest,
  takesTensors,
} from '../stages/pack/index.ts';
import { type Engine, loadEngine, loadForecast, loadGraph, type TensorRun } from '../stages/serve/index.ts';
import type { ModelFile } from './tensors/open-pool.ts';

/** What answering needs of a bundle. */
export type ServableBundle = { id: string } & (
  | {
      takes: 'columns';
      manifest: BundleManifest;
      engine: Engine;
      engineBytes: number;
      /** Of a graph with imported models: these, and where whoever starts them puts what runs them. */
      imported?: ImportedModels;
    }
  /** The graph is read, and checked against the hash, by the process that loads it. */
  | { takes: 'tensors'; manifest: TensorManifest; model: ModelFile }
);

export type ImportedModels = {
  models: readonly { bundleId: string; manifest: TensorManifest; model: ModelFile }[];
  runs: Map<string, TensorRun>;
};

/** Which file an engine is made of, and how: in two steps, between which requests to other models are answered. */
type EngineKind = {
  file: 'trees.json' | 'forecast.json';
  load: (bytes: Buffer, seen: Seen) => Promise<Engine>;
};
type Seen = ReferenceProfile['columns'];

const ADDITIVE: EngineKind = { file: 'trees.json', load: inTwoSteps(decodeEngineFile, loadEngine) };
const FORECAST: EngineKind = { file: 'forecast.json', load: inTwoSteps(decodeForecastFile, loadForecast) };

function inTwoSteps<F>(
  decode: (bytes: Buffer) => F,
  load: (file: F, seen: Seen) => Engine,
): EngineKind['load'] {
  return async (bytes, seen) => {
    const file = decode(bytes);
    await new Promise(setImmediate);
    return load(file, seen);
  };
}

/**
 * Reads three files of a bundle and checks them against the hashes in `signature.json`; with `id`, that this is the
 * bundle of that id. Whether the signature is by a trusted key was checked by whoever gave the id.
 * Throws `bundle.invalid`.
 */
export async function readBundle(folder: string, id?: string): Promise<ServableBundle> {
  const [signature, about] = await Promise.all([
    readOne(folder, 'signature.json'),
    readOne(folder, 'slipway.json'),
  ]);
  const ownId = sha256(signature);
  if (id !== undefined && id !== ownId) throw invalid('its signature is another\u2019s');
  const hashes = signedHashes(signature);
  if (hashes.get('slipway.json') !== sha256(about)) throw invalid('slipway.json does not match its hash');
  const manifest = parse(about, 'slipway.json') as AnyManifest;
  if (takesTensors(manifest)) {
    const model = { path: join(folder, 'model.onnx'), sha256: hashes.get('model.onnx') ?? '' };
    return { id: ownId, takes: 'tensors', manifest, model };
  }
  if (manifest.graph !== undefined) return { id: ownId, ...(await readGraph(folder, manifest, hashes)) };
  const { file, load } = manifest.task === 'forecast' ? FORECAST : ADDITIVE;
  const bytes = await readSigned(folder, file, hashes);
  const profile = hashes.has('profile.json')
    ? await readSigned(folder, 'profile.json', hashes)
    : Buffer.from('{"columns":[]}');
  const { columns } = parse(profile, 'profile.json') as ReferenceProfile;
  const engine = await load(bytes, columns);
  const engineBytes = bytes.length + profile.length;
  return { id: ownId, takes: 'columns', manifest, engine, engineBytes };
}

async function readGraph(folder: string, manifest: BundleManifest, hashes: ReadonlyMap<string, string>) {
  const bytes = await readSigned(folder, 'graph.json', hashes);
  const file = decodeGraphFile(bytes);
  const runs: ImportedModels['runs'] = new Map();
  const models = (file.imported ?? []).map(({ bundleId, manifest: own, file: name }) => ({
    bundleId,
    manifest: own,
    model: { path: join(folder, name), sha256: hashes.get(name) ?? '' },
  }));
  const engine = await loadGraph(file, manifest, runs);
  const about = { takes: 'columns' as const, manifest, engine, engineBytes: bytes.length };
  return models.length === 0 ? about : { ...about, imported: { models, runs } };
}

async function readSigned(
  folder: string,
  file: BundleFile,
  hashes: ReadonlyMap<string, string>,
): Promise<Buffer> {
  const bytes = await readOne(folder, file);
  if (hashes.get(file) !== sha256(bytes)) throw invalid(`${file} does not match its hash`);
  return bytes;
}

async function readOne(folder: string, name: string): Promise<Buffer> {
  return readFile(join(folder, name)).catch((cause: unknown) => {
    throw fail('bundle.invalid', { reason: `${name} cannot be read` }, { cause });
  });
}

function parse(bytes: Buffer, file: BundleFile): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw fail('bundle.invalid', { reason: `${file} is not JSON` }, { cause });
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function invalid(reason: string): Error {
  return fail('bundle.invalid', { reason });
}
