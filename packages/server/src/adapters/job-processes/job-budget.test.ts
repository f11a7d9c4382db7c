import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type JobBudget, watchBudget } from './job-budget.ts';
import type { TreeUsage } from './process-tree.ts';

const PID = 7;
const CHILD = { pid: 8, startTicks: 2 };
const MEBIBYTE = 1024 ** 2;
const BUDGET: JobBudget = {
  ...{ cpuSeconds: 10, memoryBytes: 100 * MEBIBYTE, stalledSeconds: 60, processes: 20 },
  settings: {
    cpu: 'work.jobCpuSeconds',
    memory: 'work.jobMemoryMegabytes',
    processes: 'work.jobProcesses',
  },
};

let usage: TreeUsage | undefined;
let killed: number[];
beforeEach(() => {
  vi.useFakeTimers();
  killed = [];
  usage = { cpuSeconds: 0, memoryBytes: 0, tasks: 2, processes: [{ pid: PID, startTicks: 1 }, CHILD] };
});
afterEach(() => vi.useRealTimers());

function watch(budget: Partial<JobBudget> = {}) {
  return watchBudget(Promise.resolve({ ...BUDGET, ...budget }), {
    pid: PID,
    heapMegabytes: 64,
    usageOf: () => usage,
    kill: (processes) => killed.push(...processes.map(({ pid }) => pid)),
  });
}

/** Lets time pass in which the processes use so much of a processor. */
async function pass(seconds: number, share = 1): Promise<void> {
  for (let at = 0; at < seconds * 4; at++) {
    if (usage !== undefined) usage = { ...usage, cpuSeconds: usage.cpuSeconds + share / 4 };
    await vi.advanceTimersByTimeAsync(250);
  }
}

describe('the watch over a job', () => {
  it('ends all of its processes when they take more processor time than it has', async () => {
    const watched = watch();
    await pass(9);
    expect(watched.exceeded()).toBeUndefined();
    await pass(2);
    expect(watched.exceeded()).toMatchObject({
      code: 'job.too-slow',
      details: { limitSeconds: 10, setting: 'work.jobCpuSeconds' },
    });
    expect(killed).toEqual([PID, CHILD.pid]);
  });

  it('ends them when they take more memory', async () => {
    const watched = watch();
    usage!.memoryBytes = 101 * MEBIBYTE;
    await pass(1);
    expect(watched.exceeded()).toMatchObject({ code: 'job.out-of-memory', details: { limitMegabytes: 100 } });
    expect(killed).toEqual([PID, CHILD.pid]);
  });

  it('ends them when they are too many', async () => {
    const watched = watch();
    usage!.tasks = 21;
    await pass(1);
    expect(watched.exceeded()).toMatchObject({
      code: 'job.too-many-processes',
      details: { limit: 20, setting: 'work.jobProcesses' },
    });
    expect(killed).toEqual([PID, CHILD.pid]);
  });

  it('begins its processor time anew where progress shows that more is done, and only there', async () => {
    const watched = watch({ markOf: (told) => told as number });
    for (let part = 1; part <= 5; part++) {
      await pass(8);
      watched.progressed(part);
    }
    expect(watched.exceeded()).toBeUndefined();
    for (let again = 0; again < 2; again++) {
      await pass(8);
      watched.progressed(5);
    }
    expect(watched.exceeded()).toMatchObject({ code: 'job.too-slow' });
  });

  it('ends them when they neither say nor do anything', async () => {
    const watched = watch();
    await pass(59, 0);
    watched.progressed('a word');
    await pass(59, 0);
    expect(watched.exceeded()).toBeUndefined();
    await pass(2, 0);
    expect(watched.exceeded()).toMatchObject({ code: 'job.stalled', details: { limitSeconds: 60 } });
  });

  it('lets those be that say nothing and are at work', async () => {
    const watched = watch({ cpuSeconds: 1e6 });
    await pass(600, 0.05);
    expect(watched.exceeded()).toBeUndefined();
  });

  it('ends nothing where the system does not say what they use', async () => {
    usage = undefined;
    const watched = watch();
    await pass(600);
    watched.end();
    expect({ exceeded: watched.exceeded(), killed }).toEqual({ exceeded: undefined, killed: [] });
  });

  it('knows a full heap by its last words', () => {
    const watched = watch();
    watched.said('some line');
    expect(watched.exceeded()).toBeUndefined();
    watched.said('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory');
    expect(watched.exceeded()).toMatchObject({
      code: 'job.out-of-memory',
      details: { limitMegabytes: 64, setting: 'work.heapMegabytes' },
    });
  });

  it('ends what the job has left behind', async () => {
    const watched = watch();
    await pass(1);
    watched.end();
    expect(killed).toEqual([CHILD.pid]);
  });
});
