import { type FailureData, fail, failureData } from '@slipway/contract';
import { killProcesses, type LivingProcess, type TreeUsage, treeUsage } from './process-tree.ts';

/** What a job and the processes that it starts may use together. */
export type JobBudget = {
  /** Processor time in all; between two marks where progress marks, seconds. */
  cpuSeconds: number;
  /** Memory that no file backs, bytes. */
  memoryBytes: number;
  /** Processes and threads. */
  processes: number;
  /** Time without progress in which hardly any processor time is used, seconds. */
  stalledSeconds: number;
  /** How much of its work progress says is done. Each time that it grows, `cpuSeconds` begin anew. */
  markOf?: (progress: unknown) => number | undefined;
  /** Settings that raise the limits, for failures. */
  settings: { cpu: string; memory: string; processes: string };
};

export type BudgetWatch = {
  /** Takes note of what the job says of its progress. */
  progressed(progress: unknown): void;
  /** Takes note of a line that the job wrote: a heap that is full is told there only. */
  said(line: string): void;
  /** Why the job was ended, or ended itself for want of memory; undefined while it keeps to its budget. */
  exceeded(): FailureData | undefined;
  /** Ends the watch, and what the job's process has left running. */
  end(): void;
};

export type WatchOptions = {
  pid: number;
  /** Limit of the process's JavaScript heap, MiB. */
  heapMegabytes: number;
  usageOf?: (pid: number) => TreeUsage | undefined;
  kill?: (processes: readonly LivingProcess[]) => void;
};

/** Memory can grow by some GiB a second. */
const LOOK_EVERY_MS = 250;
/** One that waits uses less of a processor. */
const BUSY_SHARE = 0.005;
const HEAP_IS_FULL = /JavaScript heap out of memory|Reached heap limit/;
const MEBIBYTE = 1024 ** 2;

/**
 * Watches a job's processes and ends them when they use more than they may. Processor time and resident memory are read from /proc,
 * so nothing is ended where there is none (Linux only). Time without progress is counted in looks of this process, so that a pause
 * of the whole machine makes no job look stuck.
 */
export function watchBudget(
  budget: Promise<JobBudget>,
  { pid, heapMegabytes, usageOf = treeUsage, kill = killProcesses }: WatchOptions,
): BudgetWatch {
  let limits: JobBudget | undefined;
  let seen: TreeUsage | undefined;
  let failure: FailureData | undefined;
  let cpuAtMark = 0;
  let mark = Number.NEGATIVE_INFINITY;
  let quietLooks = 0;
  let cpuWhenQuiet = 0;
  void budget.then(
    (known) => {
      limits = known;
    },
    () => {}, // whoever made it reports it
  );
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();

  function look(): void {
    seen = usageOf(pid) ?? seen;
    const why = limits && seen && whyExceeded(limits, seen);
    if (why === undefined) return;
    failure = why;
    clearInterval(timer);
    kill(seen?.processes ?? []);
  }

  function whyExceeded(
    { cpuSeconds, memoryBytes, processes, stalledSeconds, settings }: JobBudget,
    used: TreeUsage,
  ): FailureData | undefined {
    if (used.tasks > processes)
      return failureData(fail('job.too-many-processes', { limit: processes, setting: settings.processes }));
    if (used.memoryBytes > memoryBytes) return outOfMemory(memoryBytes / MEBIBYTE, settings.memory);
    if (used.cpuSeconds - cpuAtMark > cpuSeconds)
      return failureData(fail('job.too-slow', { limitSeconds: cpuSeconds, setting: settings.cpu }));
    quietLooks++;
    const quietSeconds = (quietLooks * LOOK_EVERY_MS) / 1000;
    if (quietSeconds < stalledSeconds) return undefined;
    const isBusy = used.cpuSeconds - cpuWhenQuiet > quietSeconds * BUSY_SHARE;
    if (!isBusy) return failureData(fail('job.stalled', { limitSeconds: stalledSeconds }));
    stir();
    return undefined;
  }

  function stir(): void {
    quietLooks = 0;
    cpuWhenQuiet = seen?.cpuSeconds ?? 0;
  }

  return {
    progressed(progress) {
      stir();
      const done = limits?.markOf?.(progress);
      if (done === undefined || done <= mark) return;
      mark = done;
      cpuAtMark = seen?.cpuSeconds ?? 0;
    },
    said(line) {
      if (HEAP_IS_FULL.test(line)) failure ??= outOfMemory(heapMegabytes, 'work.heapMegabytes');
    },
    exceeded: () => failure,
    end() {
      clearInterval(timer);
      kill((seen?.processes ?? []).filter((one) => one.pid !== pid));
    },
  };
}

function outOfMemory(limitMegabytes: number, setting: string): FailureData {
  return failureData(fail('job.out-of-memory', { limitMegabytes: Math.round(limitMegabytes), setting }));
}
