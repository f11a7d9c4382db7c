import { isFailure } from '@slipway/contract';
import { expect, test } from 'vitest';
import type { DatasetManifest } from '../../stages/ingest/index.ts';
import { refuseBeyondMemory, rowsInMemory } from './training-memory.ts';

const MEBIBYTE = 1024 ** 2;
const columns = ['number', 'timestamp', 'string', 'string'].map((type, i) => ({ name: `c${i}`, type }));
/** 24 bytes a row, so 24 MiB. */
const manifest = { rows: MEBIBYTE, schema: { columns } } as unknown as DatasetManifest;

test('a dataset whose rows take more than half of the memory for training is refused, with what it needs', () => {
  refuseBeyondMemory(manifest, 'wide', 48 * MEBIBYTE);
  try {
    refuseBeyondMemory(manifest, 'wide', 47 * MEBIBYTE);
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, 'train.needs-memory')).toBe(true);
    expect(error).toMatchObject({ details: { dataset: 'wide', neededMegabytes: 48, limitMegabytes: 47 } });
  }
});

test('training rows fit beside the table', () => {
  expect(rowsInMemory(manifest, 280 * MEBIBYTE)).toBe(MEBIBYTE);
  expect(rowsInMemory(manifest, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});
