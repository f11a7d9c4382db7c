import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '../../kernel/index.ts';

/** Removes what searches left under `folder`, but for those of jobs that are not over. What is not named like a job stays. */
export async function forgetSearches(folder: string, openJobs: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (isId('job', name) && !openJobs.has(name))
      await rm(join(folder, name), { recursive: true, force: true });
}
