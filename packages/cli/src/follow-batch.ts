import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type FailureData, fail, failureFrom } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { say } from './output.ts';
import type { Progress, ProgressUpdate } from './progress-reporter.ts';

const LONGEST_PAUSE_MS = 1000;

/**
 * Waits until a batch is done and reports its progress. An interruption ends the waiting and not the batch. Throws what made
 * it fail, `job.cancelled` when somebody cancelled it.
 */
export async function followBatch(
  client: Client,
  started: Batch,
  progress: Progress,
  signal: AbortSignal,
): Promise<Batch> {
  const { id } = started;
  try {
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
      const batch = await client.call['batches.get']({ params: { id } }, { signal });
      progress.update(updateOf(batch));
      if (batch.state === 'failed') throw failureFrom(batch.failure as FailureData);
      if (batch.state === 'cancelled') throw fail('job.cancelled');
      if (batch.state === 'done') return batch;
      await pause(pauseMs, undefined, { signal });
    }
  } catch (error) {
    progress.end();
    if (signal.aborted) say(`\nThe batch goes on; slipway batch show ${id} shows its progress.`);
    throw error;
  } finally {
    progress.end();
  }
}

function updateOf({ state, progress, reading }: Batch): ProgressUpdate {
  const phase = 'predict';
  if (state === 'queued') return { phase, message: 'waiting for its turn' };
  if (reading) return readingUpdate(reading);
  if (progress === null) return { phase, message: 'reading the rows' };
  const { rows, of } = progress;
  return { phase, rows, totalRows: of, ...(rows >= of && { message: 'writing the result' }) };
}

function readingUpdate({ bytes, totalBytes, rows, share }: NonNullable<Batch['reading']>): ProgressUpdate {
  return { phase: 'ingest', share, bytes, totalBytes: totalBytes ?? undefined, rows: rows ?? undefined };
}
