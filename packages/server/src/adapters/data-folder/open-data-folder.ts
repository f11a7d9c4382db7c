import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail, SlipwayError } from '@slipway/contract';
import { closeToOthers } from './close-to-others.ts';
import { ensureMarker, removeUnfinishedMarkers } from './data-folder-marker.ts';
import { type LockOptions, lockFolder } from './folder-lock.ts';
import { holdsData } from './holds-data.ts';
import { inspectDataFolder } from './inspect-data-folder.ts';
import { removeJobFolders } from './job-folders.ts';
import { refuseForeignFolder } from './refuse-foreign-folder.ts';

/** Where everything of one platform lies on this machine; nobody else's until released. */
export type DataFolder = DataLayout & {
  /** UUID of the installation, from the folder's marker. */
  installation: string;
  /** Whether the marker was made by this start. */
  isNew: boolean;
  /** Whether objects or bundles lie in it. */
  holdsData: boolean;
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
  /** Temporary files of the server and of the libraries in it. */
  temporary: string;
  /** Sockets of the running server. */
  sockets: string;
  ownerKey: string;
  /** The key by which the running server proves that it is the one of this folder. */
  identityKey: string;
  /** Up to where the audit log is known to have been written. */
  auditAnchor: string;
  /** Which process is the data plane. */
  dataPlane: string;
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
    temporary: join(path, 'temporary'),
    sockets: join(path, 'sockets'),
    ownerKey: join(path, 'owner.key'),
    identityKey: join(path, 'identity.key'),
    auditAnchor: join(path, 'audit-anchor.json'),
    dataPlane: join(path, 'data-plane.json'),
  };
}

export type OpenOptions = LockOptions & {
  /** Of this Slipway, for the marker. */
  version: string;
  /** Takes a folder that another user owns or can write to. */
  allowForeign?: boolean;
};

/**
 * Opens a data folder, made when it is missing and marked when it is empty or of an earlier version, for its user alone (0700),
 * locks it and removes what jobs left in `work/`. Any other folder is refused untouched: `storage.not-a-data-folder`,
 * `storage.newer`, `storage.marker-unreadable`, `storage.foreign-owner`, `storage.open-to-others`. Throws `storage.locked`, `storage.unwritable` and `storage.full`.
 */
export async function openDataFolder(folder: string, options: OpenOptions): Promise<DataFolder> {
  const layout = dataLayout(folder);
  const state = await inspectDataFolder(layout.path);
  const accepted = await refuseForeignFolder(layout.path, state).catch((error: unknown) => {
    if (options.allowForeign && error instanceof SlipwayError) return error;
    throw error;
  });
  return translating(layout.path, async () => {
    if (state === 'missing') await mkdir(layout.path, { recursive: true, mode: 0o700 });
    // First of all names in a new folder: a start beside this one must not take it for a user's.
    if (state !== 'earlier') await ensureMarker(layout.path, options.version);
    const lock = await lockFolder(layout.path, options);
    try {
      const parts = { ...(await prepared(layout, options.version)), isNew: state !== 'marked' };
      if (accepted) parts.warnings.push(`${accepted.message} It is accepted (storage.allowForeignFiles).`);
      return { ...layout, ...parts, release: () => lock.release() };
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
  const { objects, work, predictions, bundles, keys, trials, shelves, temporary, sockets } = layout;
  for (const part of [objects, work, predictions, bundles, keys, trials, shelves, temporary, sockets])
    await mkdir(part, { recursive: true, mode: 0o700 });
  await removeJobFolders(work);
  return {
    installation,
    holdsData: await holdsData(layout),
    warnings: warning === undefined ? [] : [warning],
  };
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
