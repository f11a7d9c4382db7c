import { integerSetting } from '../kernel/index.ts';

/** The room's slice of the configuration. */
export const workSettings = {
  trainings: integerSetting({
    default: 1,
    min: 1,
    max: 64,
    says: 'Models trained at the same time on this machine.',
  }),
  shortJobs: integerSetting({
    default: 2,
    min: 1,
    max: 64,
    says: 'Other jobs (imports, monitoring, files to predict) at the same time.',
  }),
  trialThreads: integerSetting({
    default: 0,
    min: 0,
    max: 256,
    says: 'Threads of one training; 0 takes one for each core.',
  }),
  leaseSeconds: integerSetting({
    default: 30,
    min: 5,
    max: 3600,
    says: 'A job whose worker is silent for so long is given to another.',
  }),
  trainingMemoryMegabytes: integerSetting({
    default: 4096,
    min: 256,
    max: 1_048_576,
    says: 'Memory for the rows of one training, MiB; where there are more rows, it is trained on a sample of them.',
  }),
  heapMegabytes: integerSetting({
    default: 4096,
    min: 256,
    max: 1_048_576,
    says: 'JavaScript heap of one job process at most, MiB.',
  }),
  filesKeptDays: integerSetting({
    default: 7,
    min: 1,
    max: 3650,
    says: 'Days for which files that jobs made can be downloaded.',
  }),
  jobsKeptDays: integerSetting({
    default: 30,
    min: 7,
    max: 3650,
    says: 'Days for which jobs that are over are listed; those that trained a model stay.',
  }),
  eventsKeptDays: integerSetting({
    default: 30,
    min: 1,
    max: 3650,
    says: 'Days for which events can be read.',
  }),
} as const;
