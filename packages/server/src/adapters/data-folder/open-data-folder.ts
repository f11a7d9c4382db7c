import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type LockOptions, lockFolder } from './folder-lock.ts';

/** Where everything of one platform lies on this machine; nobody else's until released. */
export type DataFolder = DataLayout & { release(): Promise<void> };

/** The paths in a data folder, absolute. */
export type DataLayout = {
  path: string;
  /** The embedded database. */
  database: string;
  objects: string;
  /** Scratch space of jobs; whatever lies here may go when no server runs. */
  work: string;
  /** Prediction logs, by endpoint. */
  predictions: string;
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
    ownerKey: join(path, 'owner.key'),
  };
}

/** Makes the folder when there is none, for its user alone (0700), and locks it. Throws `storage.locked`. */
export async function openDataFolder(folder: string, options: LockOptions = {}): Promise<DataFolder> {
  const layout = dataLayout(folder);
  await mkdir(layout.path, { recursive: true, mode: 0o700 });
  await chmod(layout.path, 0o700);
  const lock = await lockFolder(layout.path, options);
  for (const part of [layout.objects, layout.work, layout.predictions]) {
    await mkdir(part, { recursive: true, mode: 0o700 });
  }
  return { ...layout, release: () => lock.release() };
}
