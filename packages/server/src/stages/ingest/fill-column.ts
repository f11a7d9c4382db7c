import { identifiersOf, readingsOf } from './append-file.ts';
import { type Ingested, type IngestPorts, inWorkspace } from './ingest-file.ts';
import { manifestId } from './manifest-id.ts';
import type { ColumnType, DatasetManifest, Lineage, Segment } from './model.ts';
import type { FilledCell, StoredColumn } from './ports.ts';
import { profileTable } from './profile/profile-table.ts';
import { segmentFiles } from './read-table.ts';
import { ingestReport } from './report/ingest-report.ts';
import { MISSING_WORDS } from './settings.ts';

export type FillRequest = {
  column: { name: string; type: Exclude<ColumnType, 'timestamp'> };
  /** Values by row of the whole version, each row once. */
  cells: readonly FilledCell[];
  lineage: Lineage;
  signal?: AbortSignal;
};

/**
 * A new version with some cells of one column filled in; a column that the parent lacks is added. Only the segments that
 * hold such a row are written anew. The profile is of the whole.
 *
 * Throws `object.*`, `storage.full`, `job.cancelled`.
 */
export async function fillColumn(
  parent: DatasetManifest,
  request: FillRequest,
  ports: IngestPorts,
): Promise<Ingested> {
  const { column, lineage } = request;
  const before = await segmentFiles(parent, ports.objects);
  return inWorkspace(ports.tables, before, request.signal, async (workspace) => {
    const filled: { at: number; path: string }[] = [];
    const perSegment = cellsBySegment(parent.segments, request.cells);
    for (const [at, cells] of perSegment.entries()) {
      if (cells.length > 0) filled.push({ at, ...(await workspace.fill(before[at]!, column, cells)) });
    }
    const files = before.map((file, at) => filled.find((one) => one.at === at)?.path ?? file);
    const profiled = await profileTable(workspace, files, withColumn(parent, column), {
      rows: parent.rows,
      missingWords: parent.schema.missingWords ?? MISSING_WORDS,
      readings: readingsOf(parent),
      identifiers: identifiersOf(parent.schema.columns),
    });
    const schema = { ...parent.schema, columns: profiled.schema.columns };
    const segments = [...parent.segments];
    for (const { at, path } of filled)
      segments[at] = { ...(await ports.objects.putFile(path)), rows: parent.segments[at]!.rows };
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const manifest: DatasetManifest = {
      parent: manifestId(parent),
      schema,
      rows: parent.rows,
      bytes,
      segments,
      lineage,
    };
    const columns = schema.columns.length;
    const report = ingestReport({ lineage }, { rows: parent.rows, columns, findings: [] });
    return { manifest, profile: { ...profiled.profile, report }, report };
  });
}

/** The cells of each segment, rows counted from its start. */
function cellsBySegment(segments: readonly Segment[], cells: readonly FilledCell[]): FilledCell[][] {
  const sorted = cells.toSorted((a, b) => a.row - b.row);
  let [start, from] = [0, 0];
  return segments.map(({ rows }) => {
    const end = start + rows;
    const to = sorted.findIndex(({ row }, i) => i >= from && row >= end);
    const own = sorted.slice(from, to < 0 ? sorted.length : to);
    const here = own.map(({ row, value }) => ({ row: row - start, value }));
    from = to < 0 ? sorted.length : to;
    start = end;
    return here;
  });
}

function withColumn({ schema }: DatasetManifest, added: FillRequest['column']): StoredColumn[] {
  const columns = schema.columns.map(({ name, type }) => ({ name, type }));
  return columns.some(({ name }) => name === added.name) ? columns : [...columns, added];
}
