import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from '../adapters/data-folder/index.ts';

/** Those of one job. */
export function ownFolders({ work, trials, shelves }: DataFolder, jobId: string) {
  return { work: join(work, jobId), trials: join(trials, jobId), shelf: join(shelves, jobId) };
}

/** What the job did not use of what was made for it. */
export async function removeEmptyFolders(folders: Record<string, string>): Promise<void> {
  for (const path of Object.values(folders)) await rmdir(path).catch(() => undefined);
}
