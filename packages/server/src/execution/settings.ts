import { choiceSetting, integerSetting } from '../kernel/index.ts';

/** The module's slice of the configuration. */
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
  sandbox: choiceSetting({
    default: 'auto',
    choices: ['auto', 'required', 'off'],
    says: 'Run jobs and imported models in a sandbox: auto takes what this machine offers, required refuses to start without bubblewrap, off confines nothing.',
  }),
  jobMemoryMegabytes: integerSetting({
    default: 0,
    min: 0,
    max: 16_777_216,
    says: 'Memory of one job with the processes that it starts, MiB; one that takes more is ended and fails. 0 takes the sum of the heap, of the memory for reading, of the larger one of those for training and for models, and of 1 GiB, and 90 % of the machine at most. Linux only.',
  }),
  jobProcesses: integerSetting({
    default: 1_024,
    min: 64,
    max: 1_000_000,
    says: 'Processes and threads of one job, with those of all that it starts; one that has more is ended and fails. Linux only.',
  }),
  jobCpuSeconds: integerSetting({
    default: 1_800,
    min: 1,
    max: 31_536_000,
    says: 'Processor time of one job, beside that for what it reads; one that takes more is ended and fails. Monitoring, and importing, validating and optimizing models have eight times as much, a training ten times its budget in addition, for each of its threads. Predictions of rows have it anew for each part that is written. Linux only.',
  }),
  jobCpuSecondsPerMegabyte: integerSetting({
    default: 20,
    min: 0,
    max: 1_000_000,
    says: 'Processor time that a job has in addition for each MiB of the files and dataset versions that it reads, as they are stored.',
  }),
  previewCpuSeconds: integerSetting({
    default: 300,
    min: 1,
    max: 31_536_000,
    says: 'Processor time of one preview, in the place of `work.jobCpuSeconds`.',
  }),
  jobStalledSeconds: integerSetting({
    default: 900,
    min: 10,
    max: 31_536_000,
    says: 'A job that says nothing and uses hardly any processor time for so long is ended and fails. Linux only.',
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
  trashKeptDays: integerSetting({
    default: 7,
    min: 0,
    max: 3650,
    says: 'Days for which removed objects and models can be restored; 0 deletes them when they are removed.',
  }),
  eventsKeptDays: integerSetting({
    default: 30,
    min: 1,
    max: 3650,
    says: 'Days for which events can be read.',
  }),
} as const;
