import { readFile } from 'node:fs/promises';
import type { JobPool } from '../adapters/job-processes/index.ts';
import type { DataPlaneProcess } from '../adapters/processes/index.ts';

/** This process, the data plane and the job processes, with their resident memory. */
export async function processList(dataPlane: DataPlaneProcess, pool: JobPool) {
  const own = { name: 'control', pid: process.pid, rssBytes: process.memoryUsage.rss() };
  const jobs = await Promise.all(
    pool
      .running()
      .map(async ({ kind, pid }) => ({ name: `job ${kind}`, pid, rssBytes: await residentBytes(pid) })),
  );
  const inference = await dataPlane.stats().then(
    ({ pid, residentBytes: rssBytes }) => [{ name: 'inference', pid, rssBytes }],
    () => [], // it is starting again
  );
  return [own, ...inference, ...jobs];
}

/** From /proc; 0 where there is none. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
