import { named, storedColumns } from './ingest-file.ts';
import type { ColumnType } from './model.ts';
import { type FileToRead, openSource } from './open-source.ts';
import { candidatesOf, overReadable, storeCandidates } from './plan-columns.ts';
import type { StoredColumn, Workspace } from './ports.ts';

/**
 * Reads a local file of any supported form into a Parquet file of the workspace: as ingestFile does, but without a
 * profile, and kept nowhere. Text that is wanted as a string stays as it is written, `1.0` and `007` too; all else is of
 * the type that its values say, which need not be the one wanted.
 *
 * Throws `file.*`, `storage.full`, `job.cancelled`.
 */
export async function storeAsWanted(
  workspace: Workspace,
  request: FileToRead,
  wanted: readonly { name: string; type: ColumnType }[],
): Promise<{ path: string; rows: number; columns: StoredColumn[] }> {
  const words = new Set(wanted.filter(({ type }) => type === 'string').map(({ name }) => name));
  const source = await named(request.fileName, openSource(workspace, request));
  const storing = overReadable(source, async (table) => {
    const candidates = await candidatesOf(workspace, table, source);
    const asWanted = candidates.map((one) =>
      one.column.kind === 'text' && words.has(one.column.name) ? { ...one, readings: [] } : one,
    );
    return storeCandidates(workspace, table, asWanted);
  });
  const { path, rows, columns } = await named(request.fileName, storing);
  return { path, rows, columns: storedColumns(columns) };
}
