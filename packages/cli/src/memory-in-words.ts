import type { MemoryReport } from './platform.ts';

/** What the platform made of the memory, in a line. */
export function memoryInWords(memory: Omit<MemoryReport, 'kills' | 'lowered'>): string {
  const { limitMegabytes, jobMegabytes, shortJobs, trains, trainingNeedsMegabytes } = memory;
  const jobs = shortJobs === 1 ? 'one import at a time' : `${shortJobs} imports at a time`;
  const training = trains ? '' : `; no training, which needs ${trainingNeedsMegabytes} MiB`;
  return `${limitMegabytes} MiB: ${jobs}, ${jobMegabytes} MiB for a job${training}`;
}

/** Whether memory keeps the platform from what it does elsewhere; fewer threads for many cores are no news. */
export function isTight({ lowered, trains }: Pick<MemoryReport, 'lowered' | 'trains'>): boolean {
  return !trains || lowered.some((key) => key !== 'work.trialThreads');
}
