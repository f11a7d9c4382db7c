import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '../../kernel/index.ts';

/** Removes the folder of that job in `parent`; what is not named like a job stays. */
export async function removeJobFolder(parent: string, job: string): Promise<void> {
  if (isId('job', job)) await rm(join(parent, job), { recursive: true, force: true });
}

/** Removes the folders of all jobs in `parent`, and nothing else there. */
export async function removeJobFolders(parent: string): Promise<void> {
  for (const name of await readdir(parent)) await removeJobFolder(parent, name);
}
