import { statfsSync } from 'node:fs';
import { fail } from '@slipway/contract';

/** Room for PostgreSQL to finish what it has begun: log segments of 1 MiB, a checkpoint, the pages it must write. */
export const HEADROOM_BYTES = 8 * 1024 * 1024;

/** Whether the disk under `folder` has room to write. */
export function hasHeadroom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= HEADROOM_BYTES;
}

/**
 * Throws `storage.full` before PostgreSQL itself meets the end of the disk: it can undo a table that does not grow,
 * but must stop at once when its log does not.
 */
export function requireHeadroom(folder: string): void {
  if (!hasHeadroom(folder)) throw fail('storage.full');
}
