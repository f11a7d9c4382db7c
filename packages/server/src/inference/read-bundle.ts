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
} from '../journey/pack/index.ts';
import { type Engine, loadEngine, loadForecast, loadGraph } from '../journey/serve/index.ts';
import type { GraphFile } from './tensors/open-pool.ts';

/** What answering needs of a bundle. */
export type ServableBundle = { id: string } & (
  | { takes: 'columns'; manifest: BundleManifest; engine: Engine; engineBytes: number }
  /** The graph is read, and checked against the hash, by the process that loads it. */
  | { takes: 'tensors'; manifest: TensorManifest; model: GraphFile }
);

/** Which file an engine is made of, and how: in two steps, between which requests to other models are answered. */
type EngineKind = {
  file: 'trees.json' | 'forecast.json' | 'graph.json';
  load: (bytes: Buffer, seen: Seen, manifest: BundleManifest) => Promise<Engine>;
};
type Seen = ReferenceProfile['columns'];

const ADDITIVE: EngineKind = { file: 'trees.json', load: inTwoSteps(decodeEngineFile, loadEngine) };
const FORECAST: EngineKind = { file: 'forecast.json', load: inTwoSteps(decodeForecastFile, loadForecast) };
const GRAPH: EngineKind = {
  file: 'graph.json',
  load: (bytes, _seen, manifest) => loadGraph(decodeGraphFile(bytes), manifest),
};

function kindOf({ graph, task }: BundleManifest): EngineKind {
  if (graph !== undefined) return GRAPH;
  return task === 'forecast' ? FORECAST : ADDITIVE;
}

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
  const { file, load } = kindOf(manifest);
  const bytes = await readSigned(folder, file, hashes);
  const profile = hashes.has('profile.json')
    ? await readSigned(folder, 'profile.json', hashes)
    : Buffer.from('{"columns":[]}');
  const { columns } = parse(profile, 'profile.json') as ReferenceProfile;
  const engine = await load(bytes, columns, manifest);
  const engineBytes = bytes.length + profile.length;
  return { id: ownId, takes: 'columns', manifest, engine, engineBytes };
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
