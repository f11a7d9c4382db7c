import { catalogue } from './catalogue.ts';

/** Jobs and pipeline runs. */
export const EXECUTION_FAILURES = catalogue({
  'job.missing': {
    kind: 'missing',
    says: 'There is no job {id}.',
    hint: '`slipway status` shows the jobs there are.',
  },
  'job.no-artifact': {
    kind: 'conflict',
    says: 'Job {id} has no file to download.',
    hint: 'Wait until it is done; what a job made is kept for a week.',
  },
  'job.cancelled': {
    kind: 'conflict',
    says: 'The job was cancelled.',
    hint: 'Start it again when you want it.',
  },
  'job.crashed': {
    kind: 'internal',
    says: 'The worker process crashed {attempts} times while it ran this job.',
    hint: 'See the log of the worker; the job may need more memory.',
  },
  'job.too-slow': {
    kind: 'unprocessable',
    says: 'The job was ended: it took more than {limitSeconds} s of processor time.',
    hint: 'Give it less at a time (fewer rows, columns or nodes), or raise `{setting}`. It is not retried automatically.',
  },
  'job.too-many-processes': {
    kind: 'unprocessable',
    says: 'The job was ended: it had more than {limit} processes and threads.',
    hint: 'Raise `{setting}` if it is meant to have so many. It is not retried automatically.',
  },
  'job.out-of-memory': {
    kind: 'too-large',
    says: 'The job was ended: it took more than {limitMegabytes} MiB of memory.',
    hint: 'Give it less at a time (fewer rows, columns or nodes), or raise `{setting}`; where that follows from a small memory, give the machine or container more. It is not retried automatically.',
  },
  'job.killed-for-memory': {
    kind: 'too-large',
    says: 'Out of memory: the kernel ended the job, since this machine or container has no more than {limitMegabytes} MiB.',
    hint: 'Give it less at a time (fewer rows, columns or nodes), or raise the limit (`docker run --memory`, `MemoryMax=` of a systemd unit). It is not retried automatically.',
  },
  'training.needs-memory': {
    kind: 'unavailable',
    says: 'A training needs {neededMegabytes} MiB of memory; this machine or container has {limitMegabytes} MiB.',
    hint: 'Raise the limit (`docker run --memory`, `MemoryMax=` of a systemd unit), or train elsewhere and import the model. `work.jobMemoryMegabytes` tries it all the same with so much.',
  },
  'job.stalled': {
    kind: 'unavailable',
    says: 'The job was ended: for {limitSeconds} s it reported no progress and used hardly any processor time.',
    hint: 'Start it again. If the storage of the data folder or an endpoint is as slow as that, raise `work.jobStalledSeconds`.',
  },
  'job.stale': {
    kind: 'conflict',
    says: 'Job {id} is no longer in the hands of this worker.',
    hint: 'Stop working on it: its result would not be kept.',
  },
  'pipeline-run.missing': {
    kind: 'missing',
    says: 'There is no pipeline run {id}.',
    hint: '`slipway pipelines list` lists the pipeline runs.',
  },
  'pipeline-run.not-acceptable': {
    kind: 'conflict',
    says: 'The rows of pipeline run {id} cannot be accepted: {reason}.',
    hint: '`slipway pipelines show {id}` shows what it came to. New rows are taken by `slipway retrain`.',
  },
  'pipeline-run.running': {
    kind: 'conflict',
    says: 'A pipeline run of {name} is under way: {id}.',
    hint: 'Wait until it ends, or cancel it.',
  },
  'run.missing': {
    kind: 'missing',
    says: 'There is no run {id}.',
    hint: '`slipway runs list` shows the runs there are.',
  },
  'run.not-searching': {
    kind: 'conflict',
    says: 'Run {id} is not searching, so there is nothing to stop.',
    hint: 'Only a run whose search is in progress can be stopped early.',
  },
});
