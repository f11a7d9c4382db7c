import { fail, failureData, isFailure } from '@slipway/contract';
import type { ClaimedJob, Job, JobQueue, WorkerId } from '../../execution/index.ts';
import type { MemoryKillWatch } from '../processes/memory-kills.ts';
import type { Confinement, Sandbox } from '../sandbox/index.ts';
import { type BudgetWatch, type JobBudget, watchBudget } from './job-budget.ts';
import { type JobOutcome, type JobProcess, startJobProcess } from './job-process.ts';

export type JobPoolOptions = {
  queue: JobQueue;
  instance: string;
  /** Lanes: how many jobs of these kinds run at once. A kind belongs to one lane. */
  lanes: readonly { kinds: readonly string[]; concurrency: number }[];
  leaseMs: number;
  /** File that a job process runs. */
  file: string;
  settingOf: (job: ClaimedJob) => unknown;
  sandbox: Sandbox;
  /** What of the machine the job's process may see; called once, before it starts. */
  confinementOf: (job: ClaimedJob) => Confinement;
  /** Where the job's process and its libraries put temporary files; nobody else's. */
  temporaryFolderOf: (job: ClaimedJob) => string;
  /** Of this process; jobs see what of it can be no secret. */
  environment: NodeJS.ProcessEnv;
  heapMegabytes: number;
  /** Tells whether the kernel has just ended a process for memory. */
  memoryKills: Pick<MemoryKillWatch, 'isRecent'>;
  /** What this machine or container has of it, MiB, for failures. */
  memoryMegabytes: number;
  /** What a job may use; one that uses more is ended and failed, and not tried again. */
  budgetOf: (job: ClaimedJob) => Promise<JobBudget>;
  onProgress: (job: ClaimedJob, progress: unknown) => Promise<void>;
  /** Completes the job and does what follows from its output, in one transaction. */
  onDone: (job: ClaimedJob, output: unknown) => Promise<void>;
  /** Fails the job and does what follows from that, in one transaction. */
  onFailed: (job: ClaimedJob, outcome: Extract<JobOutcome, { state: 'failed' }>) => Promise<void>;
  /** The queue gave a job up: its process died too often. It is failed already; do what follows from that. */
  onGivenUp: (job: Job) => Promise<void>;
  /** The job's process is gone, however it went: what it left lying about may go too. */
  onGone: (job: ClaimedJob) => Promise<void>;
  onLog: (job: ClaimedJob, line: string) => void;
  onError: (error: unknown) => void;
};

export type JobPool = {
  /** Looks for queued jobs now; call it after enqueueing. */
  wake(): void;
  /** Ends a cancelled job's process. */
  cancel(jobId: string): void;
  running(): { jobId: string; kind: string; pid: number }[];
  /** Hands running jobs back to the queue and ends their processes. */
  stop(): Promise<void>;
};

type Running = {
  job: ClaimedJob;
  process: JobProcess;
  watch: BudgetWatch;
  lane: number;
  abandoned: boolean;
  /** What it told so far has been heard: one piece of news after the other, all before its end. */
  heard: Promise<void>;
};

const SWEEP_MS = 1000;
const GRACE_MS = 3000;

/** Runs queued jobs, each in a process of its own, so that a crash or a leak ends with the job. */
export function startJobPool(options: JobPoolOptions): JobPool {
  const running = new Set<Running>();
  const ends = new Set<Promise<void>>();
  let stopping = false;
  let claiming: Promise<void> = Promise.resolve();
  let beatAt = performance.now();

  const claimAll = async () => {
    // After a pause of the whole machine our own leases have run out too: they are renewed before any is taken away.
    if (performance.now() - beatAt > options.leaseMs / 3) await beat();
    const { failed } = await options.queue.requeueExpired();
    for (const job of failed) await options.onGivenUp(job).catch(options.onError);
    for (const [lane, { kinds, concurrency }] of options.lanes.entries()) {
      while (!stopping && [...running].filter((one) => one.lane === lane).length < concurrency) {
        const worker: WorkerId = { instance: options.instance, worker: `lane-${lane}` };
        const job = await options.queue.claim(worker, kinds, options.leaseMs);
        if (job === undefined) break;
        begin(job, lane);
      }
    }
  };
  const wake = () => {
    if (stopping) return;
    claiming = claiming.then(claimAll).catch(options.onError);
  };
  const begin = (job: ClaimedJob, lane: number) => {
    const process = startJobProcess({
      file: options.file,
      message: { type: 'run', kind: job.kind, input: job.input, setting: options.settingOf(job) },
      sandbox: options.sandbox,
      confinement: options.confinementOf(job),
      temporaryFolder: options.temporaryFolderOf(job),
      environment: options.environment,
      heapMegabytes: options.heapMegabytes,
      onProgress: (progress) => {
        watch.progressed(progress);
        one.heard = one.heard.then(() => options.onProgress(job, progress)).catch(options.onError);
      },
      onLog: (line) => {
        watch.said(line);
        options.onLog(job, line);
      },
    });
    const { heapMegabytes } = options;
    const watch = watchBudget(budgetOf(job), { pid: process.rootPid, heapMegabytes });
    const one: Running = { job, process, watch, lane, abandoned: false, heard: Promise.resolve() };
    running.add(one);
    const end = finish(one)
      .catch(unlessStale)
      .finally(() => {
        running.delete(one);
        ends.delete(end);
        wake();
      });
    ends.add(end);
  };
  const budgetOf = async (job: ClaimedJob) => options.budgetOf(job);
  const finish = async (one: Running) => {
    const outcome = await one.process.outcome;
    one.watch.end();
    await one.heard;
    await options.onGone(one.job).catch(options.onError);
    if (one.abandoned) return;
    if (outcome.state === 'done') return options.onDone(one.job, outcome.output);
    if (outcome.state === 'failed') return options.onFailed(one.job, outcome);
    const exceeded = one.watch.exceeded();
    if (exceeded !== undefined) {
      options.onLog(one.job, `the job process was ended: ${exceeded.message}`);
      return options.onFailed(one.job, { state: 'failed', failure: exceeded, cause: undefined });
    }
    if (stopping) return void (await options.queue.release(one.job.id, one.job.token));
    if (outcome.signal === 'SIGKILL' && options.memoryKills.isRecent()) return killedForMemory(one.job);
    await died(one.job, outcome.says);
  };
  /** Somebody cancelled the job while it ended: nothing is amiss. */
  const unlessStale = (error: unknown) => {
    if (!isFailure(error, 'job.stale')) options.onError(error);
  };
  /** Once more it would be ended once more. */
  const killedForMemory = (job: ClaimedJob) => {
    const failure = failureData(fail('job.killed-for-memory', { limitMegabytes: options.memoryMegabytes }));
    options.onLog(job, `the job process was ended: ${failure.message}`);
    return options.onFailed(job, { state: 'failed', failure, cause: undefined });
  };
  /** The lease ends now, so the queue takes the job back and counts the attempt. */
  const died = async (job: ClaimedJob, says: string) => {
    options.onLog(job, `the job process died: ${says}`);
    await options.queue.heartbeat(job.id, job.token, 0);
  };
  const beat = async () => {
    beatAt = performance.now();
    await Promise.all([...running].map((one) => beatOf(one).catch(options.onError)));
  };
  const beatOf = async (one: Running) => {
    const lease = await options.queue.heartbeat(one.job.id, one.job.token, options.leaseMs);
    if (lease !== 'held') abandon(one);
  };
  const abandon = (one: Running) => {
    one.abandoned = true;
    void one.process.stop(GRACE_MS).catch(options.onError);
  };
  const sweep = setInterval(wake, SWEEP_MS);
  const heart = setInterval(() => void beat(), options.leaseMs / 3);
  return {
    wake,
    cancel(jobId) {
      for (const one of running) if (one.job.id === jobId) abandon(one);
    },
    running: () =>
      [...running].map(({ job, process }) => ({ jobId: job.id, kind: job.kind, pid: process.pid() })),
    async stop() {
      stopping = true;
      clearInterval(sweep);
      clearInterval(heart);
      await claiming;
      await Promise.all([...running].map((one) => one.process.stop(GRACE_MS)));
      await Promise.all(ends);
    },
  };
}
