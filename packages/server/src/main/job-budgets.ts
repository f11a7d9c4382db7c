import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { ownValue } from '@slipway/contract';
import type { JobBudget } from '../adapters/job-processes/index.ts';
import type { Job } from '../execution/index.ts';
import type { CandidateInput, JobKind } from '../workflows/index.ts';
import type { Config } from './config.ts';
import { PLATFORM_MEGABYTES } from './fit-to-memory.ts';
import { memoryOfMachine } from './memory-of-machine.ts';

const MEBIBYTE = 1024 ** 2;

/** Programs, and buffers outside of the heap. */
const BESIDE_MEGABYTES = 1024;
/** Heap of one thread of a training. */
const THREAD_MEGABYTES = 256;
/** Of the machine's memory: beyond it the kernel would end processes of its own choice. */
const MOST_OF_MACHINE = 0.9;
/** A job does nothing with less. */
const LEAST_MEGABYTES = 128;

/** Jobs that run models for whose runs limits are set apart, and that may make many of them. */
const LONG_SHARE = 8;
/** A training ends by its own budget; this is for one that does not. */
const BUDGETS_OF_TRAINING = 10;

type Settings = Pick<Config, 'work' | 'ingest' | 'pack'>;
type Limit = { seconds: number; setting: string };

/**
 * What each kind of job may use: by the settings, and by how much it was given to read.
 *
 * @param homeOf where a stored object lies
 */
export function jobBudgets(settings: Settings, homeOf: (sha256: string) => string) {
  const bytesOf = (sha256: string) =>
    stat(homeOf(sha256)).then(
      ({ size }) => size,
      () => 0, // the job says that it is gone
    );
  return async (job: Pick<Job, 'kind' | 'input'>): Promise<JobBudget> => {
    const megabytes = (await bytesGiven(job.input, bytesOf)) / MEBIBYTE;
    const { seconds, setting } = cpuLimit(job, settings);
    const isTraining = job.kind === 'candidate';
    const perMegabyte = settings.work.jobCpuSecondsPerMegabyte * (isTraining ? threadsOf(settings) : 1);
    return {
      cpuSeconds: Math.ceil(seconds + megabytes * perMegabyte),
      memoryBytes: memoryMegabytes(settings, isTraining) * MEBIBYTE,
      stalledSeconds: settings.work.jobStalledSeconds,
      processes: settings.work.jobProcesses,
      settings: { cpu: setting, memory: 'work.jobMemoryMegabytes', processes: 'work.jobProcesses' },
      ...(MARKED.has(job.kind) && { markOf: rowsWritten }),
    };
  };
}

/** Jobs that tell how many rows they have written. */
const MARKED: ReadonlySet<string> = new Set<JobKind>(['predict-file', 'batch']);

function rowsWritten(progress: unknown): number | undefined {
  const { facts = {} } = (progress ?? {}) as { facts?: Record<string, unknown> };
  const rows = ownValue(facts, 'rows');
  const isWritten = ownValue(facts, 'parts') !== undefined || ownValue(facts, 'of') !== undefined;
  return isWritten && typeof rows === 'number' ? rows : undefined;
}

function cpuLimit({ kind, input }: Pick<Job, 'kind' | 'input'>, settings: Settings): Limit {
  const { jobCpuSeconds, previewCpuSeconds } = settings.work;
  const job: Limit = { seconds: jobCpuSeconds, setting: 'work.jobCpuSeconds' };
  const long: Limit = { ...job, seconds: LONG_SHARE * jobCpuSeconds };
  const preview: Limit = { seconds: previewCpuSeconds, setting: 'work.previewCpuSeconds' };
  const limits: Record<JobKind, () => Limit> = {
    preview: () => preview,
    'inspect-file': () => preview,
    ingest: () => job,
    'labels-file': () => job,
    'label-open': () => job,
    'label-apply': () => job,
    'predict-file': () => job,
    batch: () => job,
    monitor: () => long,
    'import-model': () => long,
    'validate-model': () => long,
    'optimize-model': () => long,
    candidate: () => {
      const { budgetSeconds } = input as CandidateInput;
      const seconds = (BUDGETS_OF_TRAINING * budgetSeconds + long.seconds) * threadsOf(settings);
      return { ...job, seconds };
    },
  };
  return (ownValue(limits, kind) ?? limits.ingest)();
}

function threadsOf({ work }: Settings): number {
  return work.trialThreads === 0 ? availableParallelism() : work.trialThreads;
}

function memoryMegabytes(settings: Settings, isTraining: boolean): number {
  const { work, ingest, pack } = settings;
  if (work.jobMemoryMegabytes > 0) return work.jobMemoryMegabytes;
  const apart = Math.max(work.trainingMemoryMegabytes, pack.modelMemoryMegabytes);
  const threads = isTraining ? threadsOf(settings) * THREAD_MEGABYTES : 0;
  const needed = work.heapMegabytes + ingest.memoryLimitMegabytes + apart + threads + BESIDE_MEGABYTES;
  const machine = memoryOfMachine() / MEBIBYTE;
  return Math.floor(Math.min(needed, MOST_OF_MACHINE * machine, besidePlatform(machine)));
}

/** What the platform does not need itself: a job is ended before the platform is in want of memory. */
function besidePlatform(machineMegabytes: number): number {
  return Math.max(LEAST_MEGABYTES, machineMegabytes - PLATFORM_MEGABYTES);
}

/** Bytes of the stored files and dataset versions that an input names, wherever in it. */
async function bytesGiven(input: unknown, bytesOf: (sha256: string) => Promise<number>): Promise<number> {
  if (typeof input !== 'object' || input === null) return 0;
  const given = input as { sha256?: unknown; filename?: unknown; segments?: unknown; bytes?: unknown };
  if (typeof given.sha256 === 'string' && typeof given.filename === 'string') return bytesOf(given.sha256);
  if (Array.isArray(given.segments) && typeof given.bytes === 'number') return given.bytes;
  const inside = Array.isArray(input) ? [] : Object.values(input);
  const sizes = await Promise.all(inside.map((each) => bytesGiven(each, bytesOf)));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
