import { fail, type IngestFinding, warningsOf } from '@slipway/contract';
import { type StoredColumn, segmentFiles } from '../../journey/ingest/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { type ModelRows, storeModelRows } from '../jobs/wanted-table.ts';
import type { BatchInput, StoredFile } from '../model.ts';

/** The rows of a batch, in stored files: those of a dataset version, or one made of the file that was uploaded. */
export type BatchSource = {
  files: readonly { path: string; rows: number }[];
  rows: number;
  columns: readonly StoredColumn[];
  /** What a reader should check of how a file was read. */
  warnings: readonly IngestFinding[];
};

const ROWS_FILE = 'rows.parquet';
const ABOUT = 'rows.json';

/**
 * Finds the rows, or makes them: a file is read once, and a job that is taken up again finds what was made of it on its
 * shelf. Throws `file.*`, `object.missing`, `object.corrupt`.
 */
export async function openBatchSource(
  { source, read }: Pick<BatchInput, 'source' | 'read'>,
  model: ModelRows,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<BatchSource> {
  if ('file' in source) return madeOfFile({ file: source.file, read }, model, ports, signal);
  const { segments, rows, schema } = source.manifest;
  const paths = await segmentFiles(source.manifest, ports.objects);
  return {
    files: paths.map((path, i) => ({ path, rows: segments[i]!.rows })),
    rows,
    columns: schema.columns.map(({ name, type, missing }) => ({
      name,
      type,
      ...(missing !== undefined && { missing }),
    })),
    warnings: [],
  };
}

async function madeOfFile(
  { file: { sha256, filename }, read }: { file: StoredFile; read: BatchInput['read'] },
  model: ModelRows,
  { objects, tables, shelf, limits }: JobPorts,
  signal: AbortSignal,
): Promise<BatchSource> {
  const made = await shelf.find(ROWS_FILE);
  const about = (await shelf.get(ABOUT)) as Omit<BatchSource, 'files'> | undefined;
  if (made !== undefined && about !== undefined)
    return { ...about, files: [{ path: made, rows: about.rows }] };
  const file = await objects.localPath(sha256);
  const workspace = await tables.open({ reads: [file], signal });
  try {
    const request = { file, fileName: filename, limits, ...(read !== undefined && { options: read }) };
    const { path, rows, columns, report } = await storeModelRows(workspace, request, model);
    if (rows === 0) throw fail('file.no-rows', { file: filename });
    const place = await shelf.putFile(ROWS_FILE, path);
    const kept = { rows, columns, warnings: warningsOf(report) };
    await shelf.put(ABOUT, kept);
    return { ...kept, files: [{ path: place, rows }] };
  } finally {
    await workspace.close();
  }
}
