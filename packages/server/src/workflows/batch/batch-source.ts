import type { IngestFinding } from '@slipway/contract';
import { type StoredColumn, segmentFiles } from '../../stages/ingest/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { rowsOfFile } from '../jobs/rows-of-file.ts';
import type { ModelRows } from '../jobs/wanted-table.ts';
import type { BatchInput } from '../model.ts';

/** The rows of a batch, in stored files: those of a dataset version, or one made of the file that was uploaded. */
export type BatchSource = {
  files: readonly { path: string; rows: number }[];
  rows: number;
  columns: readonly StoredColumn[];
  /** What a reader should check of how a file was read. */
  warnings: readonly IngestFinding[];
};

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
  if ('file' in source) {
    const { path, ...about } = await rowsOfFile({ file: source.file, read }, model, ports, signal);
    return { ...about, files: [{ path, rows: about.rows }] };
  }
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
