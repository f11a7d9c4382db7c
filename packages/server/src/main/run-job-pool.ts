import { type DataFolder, removeJobFolder } from '../adapters/data-folder/index.ts';
import { type JobPool, startJobPool } from '../adapters/job-processes/index.ts';
import type { MemoryKillWatch } from '../adapters/processes/index.ts';
import type { Sandbox } from '../adapters/sandbox/index.ts';
import type { JobQueue } from '../execution/index.ts';
import type { Config } from './config.ts';
import type { followJobs } from './follow-jobs.ts';
import { INSTALLATION } from './installation.ts';
import { jobBudgets } from './job-budgets.ts';
import { jobConfinement } from './job-confinement.ts';
import { ownFolders, removeEmptyFolders } from './job-folders.ts';
import type { JobSettings } from './job-settings.ts';
import type { Log } from './log.ts';
import { objectHome } from './stored-objects.ts';
import type { WorkerSetting } from './worker-setting.ts';

type PoolParts = {
  folder: DataFolder;
  followed: ReturnType<typeof followJobs>;
  queue: JobQueue;
  instance: string;
  log: Log;
  sandbox: Sandbox;
  memoryKills: MemoryKillWatch;
  memoryMegabytes: number;
  settingOf: () => JobSettings;
};

/** Every job has a scratch folder of its own, which goes with it. */
export function runJobPool(
  config: Config,
  { folder, followed, queue, instance, log, sandbox, memoryKills, memoryMegabytes, settingOf }: PoolParts,
): JobPool {
  const { work } = config;
  return startJobPool({
    queue,
    environment: process.env,
    instance,
    lanes: [
      { kinds: ['candidate'], concurrency: work.trainings },
      // One at a time, since each times what it tries.
      { kinds: ['optimize-model'], concurrency: 1 },
      {
        kinds: [
          'ingest',
          'predict-file',
          'batch',
          'labels-file',
          'monitor',
          'preview',
          'inspect-file',
          'import-model',
          'validate-model',
          'label-open',
          'label-apply',
        ],
        concurrency: work.shortJobs,
      },
    ],
    leaseMs: work.leaseSeconds * 1000,
    file: INSTALLATION.programs.worker,
    sandbox,
    confinementOf: (job) => jobConfinement(folder, job.id, work.jobProcesses),
    temporaryFolderOf: (job) => ownFolders(folder, job.id).work,
    settingOf: (job): WorkerSetting => {
      const setting = settingOf();
      const folders = { ...setting.folders, ...ownFolders(folder, job.id) };
      return { ...setting, former: job.progress, folders };
    },
    heapMegabytes: work.heapMegabytes,
    memoryKills,
    memoryMegabytes,
    budgetOf: jobBudgets(config, objectHome(folder)),
    onGone: async (job) => {
      await removeJobFolder(folder.work, job.id);
      await removeEmptyFolders(ownFolders(folder, job.id));
      const { state } = await queue.get(job.id);
      if (state === 'cancelled') await removeJobFolder(folder.shelves, job.id); // else in its time, with others
    },
    onLog: (job, line) => log.info(`${job.kind} ${job.id}: ${line}`),
    onError: log.error,
    ...followed,
  });
}
