import { batchSchema } from '@slipway/contract';
import { expect, test } from 'vitest';
import type { Job } from '../../execution/index.ts';
import type { BatchInput, StageProgress } from '../../workflows/index.ts';
import { batchView } from './batch-views.ts';

const input: BatchInput = {
  model: { name: 'm', version: 1, bundleId: 'b' },
  source: { file: { sha256: '0'.repeat(64), filename: 'rows.csv' } },
  format: 'csv',
  keep: 'all',
  explain: false,
  by: 'me',
  callerId: 'key',
};

/** A batch that runs and last said this. */
function viewOf(news: Pick<StageProgress, 'stage' | 'progress' | 'facts'> | null) {
  const progress = news && { ...news, state: 'running', says: null, seconds: 1 };
  const createdAt = '2026-01-01T00:00:00.000Z';
  const times = { createdAt, startedAt: createdAt, endedAt: null };
  const job = { id: 'job_1', state: 'running', input, output: null, failure: null, progress, ...times };
  return batchSchema.parse(batchView(job as unknown as Job));
}

test('a batch tells how far its file is read, then how many rows are predicted', () => {
  expect(viewOf(null)).toMatchObject({ reading: null, progress: null });
  const looking = { step: 'surveying', bytesRead: 10 };
  expect(viewOf({ stage: 'ingest', progress: 0.01, facts: looking })).toMatchObject({
    reading: { bytes: 10, totalBytes: null, rows: null, share: 0.01 },
    progress: null,
  });
  const read = { step: 'reading', bytesRead: 400, totalBytes: 400, rows: 50 };
  expect(viewOf({ stage: 'ingest', progress: 0.75, facts: read })).toMatchObject({
    reading: { bytes: 400, totalBytes: 400, rows: 50, share: 0.75 },
    progress: null,
  });
  expect(viewOf({ stage: 'serve', progress: 0.5, facts: { rows: 25, of: 50 } })).toMatchObject({
    reading: null,
    progress: { rows: 25, of: 50 },
  });
});
