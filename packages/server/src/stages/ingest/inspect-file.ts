import type { IngestReport } from '@slipway/contract';
import { type AppendRequest, readLaterFile } from './append-file.ts';
import {
  type IngestPorts,
  type IngestRequest,
  inWorkspace,
  type ReadFile,
  readFirstFile,
} from './ingest-file.ts';
import type { DatasetManifest, TableSchema } from './model.ts';
import type { Row, Workspace } from './ports.ts';
import { segmentFiles } from './read-table.ts';
import { MISSING_WORDS } from './settings.ts';
import { shownRows } from './shown-rows.ts';

/** How a file would be read, and its first rows as JSON values. */
export type Inspected = {
  columns: TableSchema['columns'];
  rows: Row[];
  missingWords: readonly string[];
  report: IngestReport;
};

type Limit = {
  /** How many rows are shown. */
  limit: number;
};

/**
 * Reads a file as `ingestFile` does, every row of it, and stores nothing.
 *
 * Throws what `ingestFile` throws.
 */
export function inspectFile(
  { limit, ...request }: IngestRequest & Limit,
  { tables }: Pick<IngestPorts, 'tables'>,
): Promise<Inspected> {
  return inWorkspace(tables, [request.file], request.signal, async (workspace) =>
    inspected(workspace, await readFirstFile(workspace, request), limit),
  );
}

/**
 * Reads a file as `appendFile` would append it to `parent`, every row of it, and stores nothing.
 *
 * Throws what `appendFile` throws.
 */
export async function inspectAppend(
  parent: DatasetManifest,
  { limit, ...request }: AppendRequest & Limit,
  { tables, objects }: IngestPorts,
): Promise<Inspected> {
  const segments = await segmentFiles(parent, objects);
  return inWorkspace(tables, [request.file, ...segments], request.signal, async (workspace) =>
    inspected(workspace, await readLaterFile(workspace, { manifest: parent, segments }, request), limit),
  );
}

async function inspected(
  workspace: Workspace,
  { path, schema, report }: ReadFile,
  limit: number,
): Promise<Inspected> {
  const { columns, missingWords = MISSING_WORDS } = schema;
  const rows = await shownRows(workspace, [path], columns, { offset: 0, limit });
  return { columns, rows, missingWords, report };
}
