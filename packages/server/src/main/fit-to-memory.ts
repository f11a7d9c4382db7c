import { availableParallelism } from 'node:os';
import type { Config, ConfigEntry, LoadedConfig } from './config.ts';

const MEBIBYTE = 1024 ** 2;

/** The control plane with its database, the data plane without models, and two commands, measured; what jobs get is beside it. */
export const PLATFORM_MEGABYTES = 320;
/** Below it a training of any size would be ended. */
export const LEAST_TO_TRAIN_MEGABYTES = 1_024;
/** Heap of one thread of a training. */
const THREAD_MEGABYTES = 256;
/** An import takes so much, of which the engine that reads gets half. */
const SHORT_JOB_MEGABYTES = 384;
const LEAST_TO_READ_BY_THREADS_MEGABYTES = 768;
/** Node and the engine do not start with less. */
const LEAST_MEGABYTES = 96;

/** What the memory allows. */
export type MemoryPlan = {
  /** What this machine or container has, MiB. */
  limitMegabytes: number;
  /** What one job may take of it at most, MiB. */
  jobMegabytes: number;
  /** Imports and the like at the same time. */
  shortJobs: number;
  /** Whether a training is begun at all. */
  trains: boolean;
  /** What the machine or container must have for that, MiB. */
  trainingNeedsMegabytes: number;
  /** Settings that are lower than usual, for want of memory. */
  lowered: string[];
};

export type FittedConfig = LoadedConfig & { plan: MemoryPlan };

/**
 * Lowers the settings that nobody has set to what the memory has room for, so that the kernel need not end a process. The numbers are
 * upper limits: a machine of 16 GiB and more keeps all of them.
 */
export function fitToMemory({ config, entries }: LoadedConfig, limitBytes: number): FittedConfig {
  const limitMegabytes = Math.floor(limitBytes / MEBIBYTE);
  const spare = Math.max(LEAST_MEGABYTES, limitMegabytes - PLATFORM_MEGABYTES);
  const isDefault = new Set(entries.filter(({ from }) => from === 'default').map(({ key }) => key));
  const most = upperLimits(config, spare);
  const values = new Map<string, number>();
  const lower = <T extends Record<string, unknown>>(module: string, told: T, limits: Partial<T>): T => {
    const before = new Map(Object.entries(told));
    const lowered = Object.entries(limits).filter(
      ([name, value]) => isDefault.has(`${module}.${name}`) && value !== before.get(name),
    );
    for (const [name, value] of lowered) values.set(`${module}.${name}`, value as number);
    return { ...told, ...Object.fromEntries(lowered) };
  };
  const fitted: Config = {
    ...config,
    work: lower('work', config.work, most.work),
    ingest: lower('ingest', config.ingest, most.ingest),
    pack: lower('pack', config.pack, most.pack),
  };
  return {
    config: fitted,
    entries: entries.map((entry) => fittedEntry(entry, values)),
    plan: {
      limitMegabytes,
      jobMegabytes: fitted.work.jobMemoryMegabytes || spare,
      shortJobs: fitted.work.shortJobs,
      trains: limitMegabytes >= LEAST_TO_TRAIN_MEGABYTES || config.work.jobMemoryMegabytes > 0,
      trainingNeedsMegabytes: LEAST_TO_TRAIN_MEGABYTES,
      lowered: [...values.keys()],
    },
  };
}

function upperLimits({ work, ingest, pack }: Config, spare: number) {
  const half = Math.max(LEAST_MEGABYTES, Math.floor(spare / 2));
  const threads = Math.max(1, Math.floor(half / THREAD_MEGABYTES));
  return {
    work: {
      heapMegabytes: Math.min(work.heapMegabytes, half),
      trainingMemoryMegabytes: Math.min(work.trainingMemoryMegabytes, half),
      shortJobs: Math.min(work.shortJobs, Math.max(1, Math.floor(spare / SHORT_JOB_MEGABYTES))),
      trialThreads: threads < availableParallelism() ? threads : work.trialThreads,
    },
    ingest: {
      memoryLimitMegabytes: Math.min(ingest.memoryLimitMegabytes, half),
      threads: spare < LEAST_TO_READ_BY_THREADS_MEGABYTES ? 1 : ingest.threads,
    },
    pack: { modelMemoryMegabytes: Math.min(pack.modelMemoryMegabytes, half) },
  };
}

function fittedEntry(entry: ConfigEntry, values: ReadonlyMap<string, number>): ConfigEntry {
  const value = values.get(entry.key);
  return value === undefined ? entry : { ...entry, value, from: 'memory' };
}
