import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '../../kernel/index.ts';

/**
 * Removes what searches left under `folder`, but for those of jobs that are not over. The folders are looked up before the jobs:
 * whose folder is there is open by then or over for good. What is not named like a job stays.
 */
export async function forgetSearches(
  folder: string,
  openJobs: () => Promise<ReadonlySet<string>>,
): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const searches = names.filter((name) => isId('job', name));
  if (searches.length === 0) return;
  const open = await openJobs();
  for (const job of searches)
    if (!open.has(job)) await rm(join(folder, job), { recursive: true, force: true });
}
