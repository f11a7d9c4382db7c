import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBundleFolderStore } from '../adapters/bundles/index.ts';
import {
  type BundleFiles,
  type ImportRequest,
  importModel,
  type ModelProcesses,
  type Signer,
  type TensorManifest,
} from '../stages/pack/index.ts';

export type ImportedBundle = {
  folder: string;
  bundleId: string;
  manifest: TensorManifest;
  files: BundleFiles;
};

/** Imports a model as the platform does, into a folder of `home`. Throws what importing throws. */
export async function importedBundle(
  home: string,
  processes: ModelProcesses,
  bytes: Uint8Array,
  asked: Partial<Omit<ImportRequest, 'file'>> & { file?: string } = {},
): Promise<ImportedBundle> {
  const request: ImportRequest = {
    name: 'imported',
    task: 'tensor',
    classes: [],
    example: undefined,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...asked,
    file: { name: asked.file ?? 'model.onnx', bytes },
    limits: {
      maxBytes: 2 ** 26,
      memoryBytes: 2 ** 30,
      loadTimeoutMs: 30_000,
      runTimeoutMs: 60_000,
      ...asked.limits,
    },
  };
  const signer = newSigner();
  const store = createBundleFolderStore(join(home, 'bundles'), signer);
  const place = async (model: Uint8Array) => {
    const sha256 = createHash('sha256').update(model).digest('hex');
    const path = join(home, `${sha256}.onnx`);
    await writeFile(path, model);
    return { path, sha256 };
  };
  const { id, manifest } = await importModel(request, { processes, store, signer, place });
  const { folder, files } = await store.open(id);
  return { folder, bundleId: id, manifest, files };
}

export function newSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    sign: async (message) => ({ keyId: 'test', signature: sign(null, message, privateKey) }),
    verify: async (message, { signature }) => verify(null, message, publicKey, signature),
  };
}
