import { stat } from 'node:fs/promises';
import { fail } from '@slipway/contract';
import type { DataFolderState } from './inspect-data-folder.ts';

const ROOT = 0;
const WRITTEN_BY_OTHERS = 0o022;

/**
 * Refuses a folder that another user controls: `storage.foreign-owner` when it belongs to neither this user nor root, and
 * `storage.open-to-others` when its group or other users can write to it, since they may have put files there. An empty folder
 * of this user's own is not refused for its mode, which is changed before anything lies in it. Changes nothing.
 */
export async function refuseForeignFolder(folder: string, state: DataFolderState): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined || state === 'missing') return; // Windows has no such owners and modes
  const { uid: owner, mode } = await stat(folder);
  if (owner !== user && owner !== ROOT) throw fail('storage.foreign-owner', { folder, owner, user });
  if (owner === user && state === 'empty') return;
  if ((mode & WRITTEN_BY_OTHERS) !== 0)
    throw fail('storage.open-to-others', { folder, mode: (mode & 0o7777).toString(8) });
}
