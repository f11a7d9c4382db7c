import { fail } from '@slipway/contract';
import type { TableOutline } from './ports.ts';
import type { IngestLimits } from './settings.ts';

/** So many values are harmless, whatever they were packed to. */
const VALUES_FREELY = 100_000_000;

/**
 * Refuses a table whose values are more than are read, or than its file can be meant to hold: Parquet packs a column of one value
 * into a few bytes, and JSON leaves out what is missing. Throws `file.too-many-columns` and `file.too-many-values`.
 *
 * @param bytes of the file as it was given
 */
export function refuseValues(
  { rows, columns }: TableOutline,
  { file, bytes, limits }: { file: string; bytes: number; limits: IngestLimits },
): void {
  const { maxColumns, maxValues, maxUnpackedRatio } = limits;
  if (columns > maxColumns) throw fail('file.too-many-columns', { file, columns, limit: maxColumns });
  const values = rows * columns;
  const most = Math.max(VALUES_FREELY, bytes * maxUnpackedRatio);
  if (values <= Math.min(maxValues, most)) return;
  const [limit, setting] =
    values > maxValues ? [maxValues, 'ingest.maxValues'] : [most, 'ingest.maxUnpackedRatio'];
  throw fail('file.too-many-values', { file, values, rows, columns, bytes, limit, setting });
}
