import { fail, type IngestFinding, type ReadOptions, warningsOf } from '@slipway/contract';
import type { StoredColumn } from '../../stages/ingest/index.ts';
import type { StoredFile } from '../model.ts';
import type { JobPorts } from './job-ports.ts';
import { type ModelRows, storeModelRows } from './wanted-table.ts';

/** The rows of an uploaded file as a stored file at `path`, in the order of the file. */
export type RowsOfFile = {
  path: string;
  rows: number;
  columns: readonly StoredColumn[];
  /** What a reader should check of how the file was read. */
  warnings: readonly IngestFinding[];
};

const ROWS_FILE = 'rows.parquet';
const ABOUT = 'rows.json';

/**
 * Reads an uploaded file of rows for a model once and stores it among the files of the job, where a job that is taken up again
 * finds it. Memory does not grow with the file. Throws `file.*`, `object.missing`, `object.corrupt`.
 */
export async function rowsOfFile(
  { file: { sha256, filename }, read }: { file: StoredFile; read?: ReadOptions | undefined },
  model: ModelRows,
  { objects, tables, shelf, limits }: Pick<JobPorts, 'objects' | 'tables' | 'shelf' | 'limits'>,
  signal: AbortSignal,
): Promise<RowsOfFile> {
  const made = await shelf.find(ROWS_FILE);
  const about = (await shelf.get(ABOUT)) as Omit<RowsOfFile, 'path'> | undefined;
  if (made !== undefined && about !== undefined) return { ...about, path: made };
  const file = await objects.localPath(sha256);
  const workspace = await tables.open({ reads: [file], signal });
  try {
    const request = { file, fileName: filename, limits, ...(read !== undefined && { options: read }) };
    const { path, rows, columns, report } = await storeModelRows(workspace, request, model);
    if (rows === 0) throw fail('file.no-rows', { file: filename });
    const place = await shelf.putFile(ROWS_FILE, path);
    const kept = { rows, columns, warnings: warningsOf(report) };
    await shelf.put(ABOUT, kept);
    return { ...kept, path: place };
  } finally {
    await workspace.close();
  }
}
