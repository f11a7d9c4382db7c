import { fail } from '@slipway/contract';
import { hasHeadroom } from './disk-headroom.ts';
import { MortalPglite } from './mortal-pglite.ts';
import { SyncingFileSystem } from './syncing-file-system.ts';

/**
 * PGlite's own parameters without `-F`, which turns fsync off. Its `fdatasync`, the default, does nothing, hence
 * `fsync`. Small buffers: the operating system caches the files anyway. Log segments (of 1 MiB) that
 * are not needed are removed, not kept for reuse: they would be half of a new data folder.
 */
const START_PARAMETERS = [
  ...MortalPglite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
  ...['-c', 'min_wal_size=2MB', '-c', 'wal_recycle=off'],
];

/** One life of PostgreSQL in WebAssembly. */
export type Engine = {
  pglite: MortalPglite;
  /** Lets go of its open files without asking it anything. */
  abandon(): void;
};

/** Throws `storage.full` when it cannot start for want of room. */
export async function startEngine(folder: string, fsync?: (descriptor: number) => void): Promise<Engine> {
  const files = new SyncingFileSystem(folder, fsync);
  try {
    const pglite = new MortalPglite({ fs: files, startParams: START_PARAMETERS });
    await pglite.waitReady;
    return { pglite, abandon: () => files.abandon() };
  } catch (error) {
    files.abandon();
    throw hasHeadroom(folder) ? error : fail('storage.full', {}, { cause: error });
  }
}
