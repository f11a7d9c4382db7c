import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import {
  type BundleFile,
  type BundleFiles,
  type BundleStore,
  bundleId,
  type Signer,
  verifyBundle,
} from '../../stages/pack/index.ts';
import { bundleFailure } from './bundle-failure.ts';
import { collectBundles, countUnusedBundles } from './collect-bundles.ts';

const TEMPORARY = '.writing-';
const TEMPORARY_NAME = /^\.writing-[0-9a-f]{16}$/;
const STALE_MS = 3_600_000;
const ID = /^[0-9a-f]{64}$/;

export type BundleFolderOptions = {
  /** Takes away the folder of a bundle that is collected; it is deleted unless told. */
  discard?: (folder: string, id: string) => Promise<void>;
};

/** Bundles as folders of `root`, `<root>/<id>/MLmodel` and so on. */
export function createBundleFolderStore(
  root: string,
  signer: Signer,
  { discard = (folder) => rm(folder, { recursive: true, force: true }) }: BundleFolderOptions = {},
): BundleStore {
  return {
    async put(files) {
      await verifyBundle(files, signer);
      const id = bundleId(files);
      const folder = join(root, id);
      await mkdir(root, { recursive: true });
      await removeStale(root);
      while (!(await storedAnew(folder))) await writeFolder(root, folder, files);
      const stored = await readBundle(folder, signer, id);
      return { id, bytes: totalBytes(stored) };
    },
    async open(id) {
      if (!ID.test(id))
        throw fail('bundle.invalid', { reason: `${JSON.stringify(id)} is not the id of a bundle` });
      const folder = join(root, id);
      return { folder, files: await readBundle(folder, signer, id) };
    },
    countUnused: (keep, olderThanMs) => countUnusedBundles(root, keep, Date.now() - olderThanMs),
    collect: (keep, olderThanMs) => collectBundles(root, keep, Date.now() - olderThanMs, discard),
  };
}

/** The files of a bundle folder, verified. Throws `bundle.invalid`, also when its signature is not the one `id` names. */
async function readBundle(folder: string, signer: Signer, id: string): Promise<BundleFiles> {
  const names = await readdir(folder).catch((cause) => {
    throw bundleFailure(cause);
  });
  const entries = names.map(async (name): Promise<[BundleFile, Uint8Array]> => {
    const bytes = await readFile(join(folder, name)).catch((cause) => {
      throw bundleFailure(cause);
    });
    return [name as BundleFile, bytes];
  });
  const files: BundleFiles = new Map(await Promise.all(entries));
  if (bundleId(files) !== id) throw fail('bundle.invalid', { reason: 'its signature is another’s' });
  await verifyBundle(files, signer);
  return files;
}

/** Whether the folder is there; then it counts as stored now, so that nobody collects it as old. */
async function storedAnew(folder: string): Promise<boolean> {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

async function writeFolder(root: string, folder: string, files: BundleFiles): Promise<void> {
  const temporary = join(root, `${TEMPORARY}${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(temporary);
    for (const [name, bytes] of files) await writeDurably(join(temporary, name), bytes);
    await syncFolder(temporary);
    await rename(temporary, folder);
    await syncFolder(root);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    if (!(await exists(folder))) throw bundleFailure(cause);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Folders that a killed writer left behind. */
async function removeStale(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!TEMPORARY_NAME.test(name)) continue;
    const path = join(root, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function totalBytes(files: BundleFiles): number {
  return [...files.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0);
}
