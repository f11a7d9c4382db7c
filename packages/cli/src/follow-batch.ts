import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type FailureData, fail, failureFrom } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { progressBar } from './progress.ts';
import { say } from './talk.ts';

const CLEAR_LINE = '\r\u001b[2K';
const LONGEST_PAUSE_MS = 1000;

/**
 * Waits until a batch is done, with a bar on a terminal. An interruption ends the waiting and not the batch. Throws what made
 * it fail, `job.cancelled` when somebody cancelled it.
 */
export async function followBatch(client: Client, started: Batch, signal: AbortSignal): Promise<Batch> {
  const { id } = started;
  const isShown = process.stderr.isTTY === true;
  try {
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
      const batch = await client.call['batches.get']({ params: { id } }, { signal });
      if (isShown) process.stderr.write(`${CLEAR_LINE}${lineOf(batch)}`);
      if (batch.state === 'failed') throw failureFrom(batch.failure as FailureData);
      if (batch.state === 'cancelled') throw fail('job.cancelled');
      if (batch.state === 'done') return batch;
      await pause(pauseMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) say(`\nThe batch goes on; slipway batch show ${id} tells how far it is.`);
    throw error;
  } finally {
    if (isShown) process.stderr.write(CLEAR_LINE);
  }
}

function lineOf({ state, progress }: Batch): string {
  if (state === 'queued') return 'waiting for its turn';
  if (progress === null) return 'reading the rows';
  const share = progress.rows / progress.of;
  if (share >= 1) return `${progressBar(1)} writing the result`;
  return `${progressBar(share)} ${progress.rows} of ${progress.of} rows`;
}
