import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes the shelves under `folder` of jobs that are over. The shelves are looked up before the jobs: whose shelf is there
 * is open by then or over for good.
 */
export async function forgetShelves(
  folder: string,
  openJobs: () => Promise<ReadonlySet<string>>,
): Promise<void> {
  const shelves = await readdir(folder).catch((): string[] => []);
  if (shelves.length === 0) return;
  const open = await openJobs();
  for (const job of shelves)
    if (!open.has(job)) await rm(join(folder, job), { recursive: true, force: true });
}
