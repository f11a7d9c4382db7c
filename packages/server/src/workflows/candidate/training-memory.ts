import { fail } from '@slipway/contract';
import type { DatasetManifest } from '../../stages/ingest/index.ts';

/**
 * Bytes that a training takes for each value of its training rows, beside the table: the rows as they came, and each
 * column as about three features, in shared memory and in bins. Measured on 4,000,000 rows of 9 columns.
 */
const BYTES_A_VALUE = 64;

/**
 * Bytes that a forecast takes for each row, and for each value of the columns that it reads: the rows of every series by their
 * places, their steps, the grid, and what is fitted on it. Measured on
 * 2,000,000 rows of one and of 2,000 series (145 to 174 bytes a row), and with training on 500,000.
 */
const FORECAST_BYTES_A_ROW = 200;
const FORECAST_BYTES_A_VALUE = 24;

/** Share of the memory that the whole table may take; it is held while its rows are split. */
const TABLE_SHARE = 0.5;

const MEBIBYTE = 1024 ** 2;

/** Bytes of a dataset version in memory, without the words of its texts. */
function tableBytes({ rows, schema }: DatasetManifest): number {
  return schema.columns.reduce((sum, { type }) => sum + rows * (type === 'string' ? 4 : 8), 0);
}

/** Throws `train.needs-memory` when the rows of a version do not fit into half of the memory for training. */
export function refuseBeyondMemory(manifest: DatasetManifest, dataset: string, memoryBytes: number): void {
  const needed = tableBytes(manifest) / TABLE_SHARE;
  if (needed <= memoryBytes) return;
  throw needsMemory({ dataset, rows: manifest.rows }, needed, memoryBytes);
}

/** Throws `train.needs-memory` when a forecast of so many rows, of which it reads so many columns, needs more memory. */
export function refuseForecastBeyondMemory(
  { rows, columns }: { rows: number; columns: number },
  dataset: string,
  memoryBytes: number,
): void {
  const needed = rows * (FORECAST_BYTES_A_ROW + columns * FORECAST_BYTES_A_VALUE);
  if (needed > memoryBytes) throw needsMemory({ dataset, rows }, needed, memoryBytes);
}

function needsMemory(of: { dataset: string; rows: number }, needed: number, memoryBytes: number) {
  const neededMegabytes = Math.ceil(needed / MEBIBYTE);
  const limitMegabytes = Math.floor(memoryBytes / MEBIBYTE);
  return fail('train.needs-memory', { ...of, neededMegabytes, limitMegabytes });
}

/** Training rows that the memory has room for beside the table. */
export function rowsInMemory(manifest: DatasetManifest, memoryBytes: number): number {
  const left = memoryBytes - tableBytes(manifest);
  return Math.max(1, Math.floor(left / (manifest.schema.columns.length * BYTES_A_VALUE)));
}
