import { type Batch, fail } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import type { BatchInput, BatchOutput, ReadingFacts, StageProgress } from '../../workflows/index.ts';
import type { Caller } from '../handler-types.ts';
import { demand } from './demand.ts';

/** A batch as the contract shows it. */
export function batchView(job: Job): Batch {
  const { id, state, failure, createdAt, startedAt, endedAt } = job;
  const { model, source, format, keep, explain, by } = job.input as BatchInput;
  const news = job.progress as StageProgress | null;
  const output = job.output as BatchOutput | null;
  return {
    id,
    state,
    model: { name: model.name, version: model.version },
    source:
      'file' in source
        ? { file: source.file.filename }
        : { dataset: source.dataset, version: source.version },
    format,
    keep,
    explain,
    ...progressOf(news),
    result:
      output === null
        ? null
        : { filename: output.filename, rows: output.rows, bytes: output.bytes, sha256: output.sha256 },
    warnings: output?.warnings ?? [],
    failure,
    by,
    createdAt,
    startedAt,
    endedAt,
  };
}

/** What the job last said: how far it has read the file, or how many rows are predicted. */
function progressOf(news: StageProgress | null): Pick<Batch, 'progress' | 'reading'> {
  if (news === null) return { progress: null, reading: null };
  if (news.stage !== 'ingest') {
    const { rows, of } = news.facts as { rows: number; of: number };
    return { progress: { rows, of }, reading: null };
  }
  const { bytesRead, totalBytes = null, rows = null } = news.facts as ReadingFacts;
  return { progress: null, reading: { bytes: bytesRead, totalBytes, rows, share: news.progress ?? 0 } };
}

/** Whether the caller may know of the batch. */
export function maySeeBatch({ input }: Job, { id, permissions }: Caller): boolean {
  return permissions.has('pipelines:read') || isOwn(input, id);
}

/** Throws `job.missing`. */
export function refuseOthersBatch(job: Job, caller: Caller): void {
  if (!maySeeBatch(job, caller)) throw fail('job.missing', { id: job.id });
}

/** Another's batch is stopped by those who may stop any job. Throws `access.forbidden`. */
export function refuseCancelling({ input }: Job, caller: Caller): void {
  if (!isOwn(input, caller.id)) demand(caller, 'pipelines:write');
}

/** Another's result has rows of a dataset, for those who may read datasets. Throws `job.missing`, `access.forbidden`. */
export function refuseOthersRows(job: Job, caller: Caller): void {
  refuseOthersBatch(job, caller);
  const { source } = job.input as BatchInput;
  if (!isOwn(job.input, caller.id) && 'dataset' in source) demand(caller, 'datasets:read');
}

function isOwn(input: Job['input'], callerId: string): boolean {
  return (input as BatchInput).callerId === callerId;
}
