import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes what searches left under `folder`, but for those of jobs that are not over. */
export async function forgetSearches(folder: string, openJobs: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (!openJobs.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}
