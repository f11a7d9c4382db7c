import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail } from '@slipway/contract';
import { closeToOthers } from './close-to-others.ts';
import { ensureMarker, removeUnfinishedMarkers } from './data-folder-marker.ts';
import { type LockOptions, lockFolder } from './folder-lock.ts';
import { inspectDataFolder } from './inspect-data-folder.ts';
import { removeJobFolders } from './job-folders.ts';

/** Where everything of one platform lies on this machine; nobody else's until released. */
export type DataFolder = DataLayout & {
  /** UUID of the installation, from the folder's marker. */
  installation: string;
  /** What the operator should know of the folder. */
  warnings: string[];
  release(): Promise<void>;
};

/** The paths in a data folder, absolute. */
export type DataLayout = {
  path: string;
  /** The embedded database. */
  database: string;
  objects: string;
  /** Scratch space of jobs, a folder each, which go when no server runs. */
  work: string;
  /** Prediction logs, by endpoint. */
  predictions: string;
  bundles: string;
  /** Keys that sign bundles. */
  keys: string;
  /** Journals of searches, a folder for each job. */
  trials: string;
  /** Checkpoints of jobs, a folder each. */
  shelves: string;
  ownerKey: string;
};

/** The paths only; touches nothing. */
export function dataLayout(folder: string): DataLayout {
  const path = resolve(folder);
  return {
    path,
    database: join(path, 'database'),
    objects: join(path, 'objects'),
    work: join(path, 'work'),
    predictions: join(path, 'predictions'),
    bundles: join(path, 'bundles'),
    keys: join(path, 'keys'),
    trials: join(path, 'trials'),
    shelves: join(path, 'shelves'),
    ownerKey: join(path, 'owner.key'),
  };
}

export type OpenOptions = LockOptions & {
  /** Of this Slipway, for the marker. */
  version: string;
};

/**
 * Opens a data folder, made when it is missing and marked when it is empty or of an earlier version, for its user alone (0700),
 * locks it and removes what jobs left in `work/`. Any other folder is refused untouched: `storage.not-a-data-folder`,
 * `storage.newer`, `storage.marker-unreadable`. Throws `storage.locked`, `storage.unwritable` and `storage.full`.
 */
export async function openDataFolder(folder: string, options: OpenOptions): Promise<DataFolder> {
  const layout = dataLayout(folder);
  const state = await inspectDataFolder(layout.path);
  return translating(layout.path, async () => {
    if (state === 'missing') await mkdir(layout.path, { recursive: true, mode: 0o700 });
    // First of all names in a new folder: a start beside this one must not take it for a user's.
    if (state !== 'earlier') await ensureMarker(layout.path, options.version);
    const lock = await lockFolder(layout.path, options);
    try {
      return { ...layout, ...(await prepared(layout, options.version)), release: () => lock.release() };
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

async function prepared(layout: DataLayout, version: string) {
  const { installation } = await ensureMarker(layout.path, version);
  await removeUnfinishedMarkers(layout.path);
  const warning = await closeToOthers(layout.path);
  const { objects, work, predictions, bundles, keys, trials, shelves } = layout;
  for (const part of [objects, work, predictions, bundles, keys, trials, shelves])
    await mkdir(part, { recursive: true, mode: 0o700 });
  await removeJobFolders(work);
  return { installation, warnings: warning === undefined ? [] : [warning] };
}

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR']);
const FULL = new Set(['ENOSPC', 'EDQUOT']);

async function translating<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (UNWRITABLE.has(code)) throw fail('storage.unwritable', { folder, reason: message }, { cause: error });
    if (FULL.has(code)) throw fail('storage.full', {}, { cause: error });
    throw error;
  }
}
