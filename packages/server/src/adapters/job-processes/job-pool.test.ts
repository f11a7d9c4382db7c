import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job, JobQueue } from '../../execution/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import { isRunning } from '../../testing/is-running.ts';
import { pgliteUnderTest } from '../database/pglite-under-test.ts';
import { installationReads, openSandbox, type Sandbox } from '../sandbox/index.ts';
import type { JobBudget } from './job-budget.ts';
import { type JobPool, type JobPoolOptions, startJobPool } from './job-pool.ts';
import { treeUsage } from './process-tree.ts';
import type { SampleInput } from './sample-job-under-test.ts';

let subject: DatabaseUnderTest;
let queue: JobQueue;
let folder: string;
let file: string;
let sandbox: Sandbox;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  queue = subject.database.stores.jobs;
  folder = await mkdtemp(join(tmpdir(), 'slipway-pool-'));
  file = join(folder, 'sample-job.mjs');
  const entryPoints = [new URL('./sample-job-under-test.ts', import.meta.url).pathname];
  await build({
    entryPoints,
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: file,
    logLevel: 'error',
  });
  sandbox = await openSandbox('auto', file);
}, 120_000);
afterAll(async () => {
  await subject.dispose();
  await rm(folder, { recursive: true, force: true });
});

const GENEROUS: JobBudget = {
  ...{ cpuSeconds: 600, memoryBytes: 1024 ** 3, stalledSeconds: 600, processes: 200 },
  settings: {
    cpu: 'work.jobCpuSeconds',
    memory: 'work.jobMemoryMegabytes',
    processes: 'work.jobProcesses',
  },
};

let pool: JobPool;
let told: string[];
let errors: unknown[];
let samples = 0;
beforeEach(() => {
  told = [];
  errors = [];
});
afterEach(() => pool.stop());

function startPool(options: Partial<JobPoolOptions> = {}): JobPool {
  pool = startJobPool({
    queue,
    instance: `srv_${++samples}`,
    lanes: [{ kinds: ['sample'], concurrency: 1 }],
    leaseMs: 60_000,
    file,
    settingOf: () => ({}),
    sandbox,
    temporaryFolderOf: () => folder,
    confinementOf: () => ({
      reads: installationReads(file),
      writes: [folder],
      confines: false,
      devices: false,
      ownUser: false,
      limits: { openFiles: 1024, processes: 264, writesFiles: true },
    }),
    environment: { ...process.env, SLIPWAY_DATABASE_URL: 'postgres://secret' },
    memoryKills: { isRecent: () => false },
    memoryMegabytes: 1024,
    heapMegabytes: 64,
    budgetOf: async () => GENEROUS,
    onProgress: async (job, progress) => {
      told.push(`${job.id} ${JSON.stringify(progress)}`);
      await queue.heartbeat(job.id, job.token, options.leaseMs ?? 60_000, progress);
    },
    onDone: async (job, output) => void (await queue.complete(job.id, job.token, output)),
    onFailed: async (job, { failure }) => void (await queue.fail(job.id, job.token, failure)),
    onGivenUp: async (job) => void told.push(`${job.id} given up`),
    onGone: async (job) => void told.push(`${job.id} gone`),
    onLog: () => {},
    onError: (error) => errors.push(error),
    ...options,
  });
  pool.wake();
  return pool;
}

/** Queues a job; `begun` are the processes that took it so far, as they call themselves; `pid` is the one that has it. */
async function enqueue(does: SampleInput['does']) {
  const trace = join(folder, `trace-${++samples}`);
  const until = join(folder, `until-${samples}`);
  const input: SampleInput = { does, trace, until };
  const { id } = await queue.enqueue('sample', input);
  const lines = () => (existsSync(trace) ? readFileSync(trace, 'utf8').split('\n') : []);
  return {
    id,
    letEnd: () => writeFileSync(until, ''),
    pid: () => pool.running().find(({ jobId }) => jobId === id)!.pid,
    begun: () => lines().flatMap((line) => (line.startsWith('begun ') ? [Number(line.slice(6))] : [])),
    ended: () => lines().filter((line) => line === 'ended').length,
  };
}

const patience = { timeout: 30_000, interval: 20 };
const inState = (id: string, state: Job['state']): Promise<Job> =>
  vi.waitFor(async () => {
    const job = await queue.get(id);
    expect(job.state).toBe(state);
    return job;
  }, patience);
const soon = (check: () => void) => vi.waitFor(check, patience);

describe('a job', () => {
  it('runs in a process of its own, its news are heard in order and before its end', async () => {
    const job = await enqueue('ends');
    startPool();
    const { output, attempts } = await inState(job.id, 'done');
    expect({ output, attempts }).toEqual({ output: { made: 42 }, attempts: 1 });
    await soon(() =>
      expect(told).toEqual([`${job.id} {"share":0.5}`, `${job.id} {"share":1}`, `${job.id} gone`]),
    );
    expect(errors).toEqual([]);
  });

  it('that fails is failed with its code and path, and not tried again', async () => {
    const job = await enqueue('fails');
    startPool();
    const { failure, attempts } = await inState(job.id, 'failed');
    expect(failure).toMatchObject({ code: 'file.empty', path: 'file', details: { file: 'x.csv' } });
    expect(attempts).toBe(1);
  });

  it('with a fault inside says so without the fault, which is for the log', async () => {
    const causes: unknown[] = [];
    const job = await enqueue('breaks');
    startPool({
      onFailed: async ({ id, token }, { failure, cause }) => {
        causes.push(cause);
        await queue.fail(id, token, failure);
      },
    });
    const { failure } = await inState(job.id, 'failed');
    expect(failure).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(failure)).not.toContain('a fault inside');
    expect(causes).toEqual([expect.stringContaining('a fault inside')]);
  });

  it('does not see the environment, where secrets may be', async () => {
    const job = await enqueue('tellsEnvironment');
    startPool();
    const { output } = await inState(job.id, 'done');
    expect(output).toContain('PATH');
    expect((output as string[]).filter((name) => /slipway|vitest|npm/i.test(name))).toEqual([]);
  });
});

describe('a job whose process is killed', () => {
  it('is taken up again and done once', async () => {
    const job = await enqueue('waits');
    startPool();
    await soon(() => expect(job.begun()).toHaveLength(1));
    process.kill(job.pid(), 'SIGKILL');
    await soon(() => expect(job.begun()).toHaveLength(2));
    job.letEnd();
    const { attempts, output } = await inState(job.id, 'done');
    expect({ attempts, output, ended: job.ended() }).toEqual({ attempts: 2, output: { made: 42 }, ended: 1 });
  });

  it('each time is given up after three', async () => {
    const job = await enqueue('dies');
    startPool();
    const { failure } = await inState(job.id, 'failed');
    expect(failure).toMatchObject({ code: 'job.crashed', details: { attempts: 3 } });
    expect(job.begun()).toHaveLength(3);
    await soon(() => expect(told).toContain(`${job.id} given up`));
    const next = await enqueue('ends');
    pool.wake();
    await inState(next.id, 'done');
  });

  it('is given up even where another that was given up with it makes trouble', async () => {
    const jobs = [await enqueue('dies'), await enqueue('dies')];
    const givenUp: string[] = [];
    startPool({
      lanes: [{ kinds: ['sample'], concurrency: 2 }],
      onGivenUp: async ({ id }) => {
        givenUp.push(id);
        throw new Error('trouble');
      },
    });
    await soon(() => expect(givenUp.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted()));
    expect(errors).toHaveLength(2);
  });
});

const hasProc = existsSync('/proc/self/stat');

describe('a job that uses more than it may', () => {
  const failed = async (does: SampleInput['does'], budget: Partial<JobBudget> = {}) => {
    const job = await enqueue(does);
    startPool({ budgetOf: async () => ({ ...GENEROUS, ...budget }) });
    // A program in a sandbox knows its processes by other numbers than this one does.
    await soon(() => expect(job.begun()).toHaveLength(does === 'spinsInChild' ? 2 : 1));
    const pids = treeUsage(job.pid())?.processes.map(({ pid }) => pid) ?? [];
    const { failure, attempts } = await inState(job.id, 'failed');
    expect(attempts).toBe(1);
    for (const pid of pids) await soon(() => expect(isRunning(pid)).toBe(false));
    const next = await enqueue('ends');
    pool.wake();
    await inState(next.id, 'done');
    return failure;
  };

  it('of its heap fails at once, and its lane goes on', async () => {
    expect(await failed('eats')).toMatchObject({
      code: 'job.out-of-memory',
      details: { limitMegabytes: 64, setting: 'work.heapMegabytes' },
    });
  });

  it.skipIf(!hasProc)('of memory outside of the heap fails at once (needs /proc)', async () => {
    expect(await failed('fills', { memoryBytes: 300 * 1024 ** 2 })).toMatchObject({
      code: 'job.out-of-memory',
      details: { limitMegabytes: 300, setting: 'work.jobMemoryMegabytes' },
    });
  });

  it.skipIf(!hasProc)('of processes fails at once, and leaves none (needs /proc)', async () => {
    expect(await failed('multiplies')).toMatchObject({
      code: 'job.too-many-processes',
      details: { limit: 200, setting: 'work.jobProcesses' },
    });
  });

  it.skipIf(!hasProc)('of processor time fails at once (needs /proc)', async () => {
    expect(await failed('spins', { cpuSeconds: 2 })).toMatchObject({
      code: 'job.too-slow',
      details: { limitSeconds: 2, setting: 'work.jobCpuSeconds' },
    });
  });

  it.skipIf(!hasProc)(
    'of processor time in a process that it started fails, and leaves none (needs /proc)',
    async () => {
      expect(await failed('spinsInChild', { cpuSeconds: 2 })).toMatchObject({ code: 'job.too-slow' });
    },
  );

  it.skipIf(!hasProc)('of time without a word fails at once (needs /proc)', async () => {
    expect(await failed('stops', { stalledSeconds: 2 })).toMatchObject({ code: 'job.stalled' });
  });

  it.skipIf(!hasProc)('is not one whose progress shows that its work goes on (needs /proc)', async () => {
    const job = await enqueue('advances');
    startPool({
      budgetOf: async () => ({
        ...GENEROUS,
        cpuSeconds: 1.5,
        markOf: (told) => (told as { share: number }).share,
      }),
    });
    await inState(job.id, 'done');
  });
});

describe('a job that is cancelled', () => {
  it('ends with its process, and another takes its place', async () => {
    const job = await enqueue('waits');
    startPool();
    await soon(() => expect(job.begun()).toHaveLength(1));
    const pid = job.pid();
    expect(isRunning(pid)).toBe(true);
    await queue.cancel(job.id);
    pool.cancel(job.id);
    await soon(() => expect(isRunning(pid)).toBe(false));
    const next = await enqueue('ends');
    pool.wake();
    await inState(next.id, 'done');
    expect((await queue.get(job.id)).state).toBe('cancelled');
    expect(errors).toEqual([]);
  });

  it('at the very moment when it is done troubles nobody', async () => {
    const job = await enqueue('ends');
    startPool({
      onDone: async ({ id, token }, output) => {
        await queue.cancel(id);
        await queue.complete(id, token, output);
      },
    });
    await inState(job.id, 'cancelled');
    await soon(() => expect(pool.running()).toEqual([]));
    expect(errors).toEqual([]);
  });
});

describe('a pool', () => {
  it('that stops hands its jobs back unharmed and leaves no process', async () => {
    const job = await enqueue('waits');
    startPool();
    await soon(() => expect(job.begun()).toHaveLength(1));
    const pid = job.pid();
    await pool.stop();
    expect(await queue.get(job.id)).toMatchObject({ state: 'queued', attempts: 0 });
    expect(isRunning(pid)).toBe(false);
    job.letEnd();
    startPool();
    expect(await inState(job.id, 'done')).toMatchObject({ attempts: 1 });
  });

  it('that slept past its leases keeps its jobs and starts none twice', async () => {
    const job = await enqueue('waits');
    startPool({ leaseMs: 3_000 });
    await soon(() => expect(job.begun()).toHaveLength(1));
    const until = performance.now() + 4_000;
    while (performance.now() < until); // nothing runs, as when the lid of a laptop is closed
    pool.wake();
    await soon(() => expect(told.length).toBeGreaterThan(0));
    const next = await enqueue('ends');
    job.letEnd();
    expect(await inState(job.id, 'done')).toMatchObject({ attempts: 1 });
    await inState(next.id, 'done');
    expect(job.begun()).toHaveLength(1);
  });

  it('lets go of a job that another has taken meanwhile', async () => {
    const job = await enqueue('waits');
    startPool({ leaseMs: 1_500 });
    await soon(() => expect(job.begun()).toHaveLength(1));
    const pid = job.pid();
    await queue.requeueOrphans(['another']);
    const taken = await queue.claim({ instance: 'another', worker: 'x' }, ['sample'], 60_000);
    // The pool itself may have been quicker; then it runs the job a second time, and the first is let go all the same.
    await soon(() => expect(isRunning(pid)).toBe(false));
    job.letEnd();
    if (taken !== undefined) await queue.complete(taken.id, taken.token, 'by another');
    await inState(job.id, 'done');
    expect((await queue.get(job.id)).failure).toBeNull();
  });

  it('goes on when what follows from a job fails', async () => {
    const job = await enqueue('ends');
    startPool({
      leaseMs: 1_500,
      onDone: async () => {
        throw fail('storage.unavailable', { reason: 'gone' });
      },
    });
    await soon(() => expect(errors.length).toBeGreaterThan(0));
    await inState(job.id, 'failed');
    expect(job.ended()).toBe(3);
    expect(pool.running()).toEqual([]);
  });
});
