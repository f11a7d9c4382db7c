import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '../../kernel/index.ts';

/**
 * Removes the shelves under `folder` of jobs that are over. The shelves are looked up before the jobs: whose shelf is there
 * is open by then or over for good. What is not named like a job stays.
 */
export async function forgetShelves(
  folder: string,
  openJobs: () => Promise<ReadonlySet<string>>,
): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const shelves = names.filter((name) => isId('job', name));
  if (shelves.length === 0) return;
  const open = await openJobs();
  for (const job of shelves)
    if (!open.has(job)) await rm(join(folder, job), { recursive: true, force: true });
}
