import { fail } from '@slipway/contract';
import { type StoredColumn, segmentFiles, storeAsWanted } from '../../journey/ingest/index.ts';
import type { InputColumn } from '../../journey/prepare/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { BatchInput, StoredFile } from '../model.ts';

/** The rows of a batch, in stored files: those of a dataset version, or one made of the file that was uploaded. */
export type BatchSource = {
  files: readonly { path: string; rows: number }[];
  rows: number;
  columns: readonly StoredColumn[];
};

const ROWS_FILE = 'rows.parquet';
const ABOUT = 'rows.json';

/**
 * Finds the rows, or makes them: a file is read once, and a job that is taken up again finds what was made of it on its
 * shelf. Throws `file.*`, `object.missing`, `object.corrupt`.
 */
export async function openBatchSource(
  { source }: Pick<BatchInput, 'source'>,
  inputs: readonly InputColumn[],
  ports: JobPorts,
  signal: AbortSignal,
): Promise<BatchSource> {
  if ('file' in source) return madeOfFile(source.file, inputs, ports, signal);
  const { segments, rows, schema } = source.manifest;
  const paths = await segmentFiles(source.manifest, ports.objects);
  return {
    files: paths.map((path, i) => ({ path, rows: segments[i]!.rows })),
    rows,
    columns: schema.columns.map(({ name, type }) => ({ name, type })),
  };
}

async function madeOfFile(
  { sha256, filename }: StoredFile,
  inputs: readonly InputColumn[],
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
    const { path, rows, columns } = await storeAsWanted(
      workspace,
      { file, fileName: filename, limits },
      inputs,
    );
    if (rows === 0) throw fail('file.no-rows', { file: filename });
    const place = await shelf.putFile(ROWS_FILE, path);
    await shelf.put(ABOUT, { rows, columns });
    return { files: [{ path: place, rows }], rows, columns };
  } finally {
    await workspace.close();
  }
}
