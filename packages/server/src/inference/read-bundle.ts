import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import {
  type BundleManifest,
  decodeEngineFile,
  type EngineFile,
  signedHashes,
} from '../journey/pack/index.ts';

/** What answering needs of a bundle. */
export type ServableBundle = { id: string; manifest: BundleManifest; engineFile: EngineFile };

/**
 * Reads two files of a bundle and checks them against the hashes in `signature.json`; with `id`, that this is the
 * bundle of that id. Whether the signature is by a trusted key was checked by whoever gave the id.
 * Throws `bundle.invalid`.
 */
export async function readBundle(folder: string, id?: string): Promise<ServableBundle> {
  const [signature, manifest, engineFile] = await Promise.all([
    readOne(folder, 'signature.json'),
    readOne(folder, 'slipway.json'),
    readOne(folder, 'trees.json'),
  ]);
  const ownId = sha256(signature);
  if (id !== undefined && id !== ownId) throw invalid('its signature is another\u2019s');
  const hashes = signedHashes(signature);
  if (hashes.get('slipway.json') !== sha256(manifest)) throw invalid('slipway.json does not match its hash');
  if (hashes.get('trees.json') !== sha256(engineFile)) throw invalid('trees.json does not match its hash');
  return { id: ownId, manifest: parse(manifest) as BundleManifest, engineFile: decodeEngineFile(engineFile) };
}

async function readOne(folder: string, name: string): Promise<Buffer> {
  return readFile(join(folder, name)).catch((cause: unknown) => {
    throw fail('bundle.invalid', { reason: `${name} cannot be read` }, { cause });
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw fail('bundle.invalid', { reason: 'slipway.json is not JSON' }, { cause });
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function invalid(reason: string): Error {
  return fail('bundle.invalid', { reason });
}
