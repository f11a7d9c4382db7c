import { fail } from '@slipway/contract';
import { type IngestPorts, inWorkspace } from './ingest-file.ts';
import type { ColumnSchema, DatasetManifest, Table } from './model.ts';
import type { Row, SegmentStore, Workspace } from './ports.ts';
import { classWords } from './reading-rules.ts';
import { shownRows } from './shown-rows.ts';

export type ReadTableOptions = {
  /** Names of the columns wanted, in the order wanted; all when left out. */
  columns?: readonly string[];
  /** Name of the target, in any case: of its missing-value words those that are classes are kept as values. */
  target?: string;
  signal?: AbortSignal;
};

/**
 * A dataset version in memory, column by column, rows in the order they came. Strings are codes into a dictionary that
 * is sorted by code point. Throws `object.missing`, `object.corrupt`.
 */
export async function readTable(
  manifest: DatasetManifest,
  ports: IngestPorts,
  options: ReadTableOptions = {},
): Promise<Table> {
  const columns = chosen(manifest, options.columns);
  const files = await segmentFiles(manifest, ports.objects);
  return inWorkspace(ports.tables, files, options.signal, async (workspace) => {
    const wanted = await withClassWords(workspace, files, columns, { manifest, target: options.target });
    return workspace.columns(files, wanted);
  });
}

async function withClassWords(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly ColumnSchema[],
  { manifest, target }: { manifest: DatasetManifest; target: string | undefined },
): Promise<ColumnSchema[]> {
  const isTarget = ({ name }: ColumnSchema) => name.toLowerCase() === target?.trim().toLowerCase();
  const column = target === undefined ? undefined : columns.find(isTarget);
  if (column?.missing === undefined) return [...columns];
  const [counts = []] = await workspace.wordCounts(files, [column], column.missing);
  const classes = classWords(counts, { rows: manifest.rows, schema: manifest.schema });
  const missing = column.missing.filter((word) => !classes.includes(word));
  return columns.map((one) => (one === column ? { ...one, missing } : one));
}

/** `limit` rows from the `offset`-th, as {@link shownRows} shows them. */
export async function previewRows(
  manifest: DatasetManifest,
  range: { offset: number; limit: number },
  ports: IngestPorts,
): Promise<Row[]> {
  const files = await segmentFiles(manifest, ports.objects);
  return inWorkspace(ports.tables, files, undefined, (workspace) =>
    shownRows(workspace, files, manifest.schema.columns, range),
  );
}

/** Local files of the segments, in order, verified. */
export async function segmentFiles(manifest: DatasetManifest, objects: SegmentStore): Promise<string[]> {
  const files: string[] = [];
  for (const { sha256 } of manifest.segments) files.push(await objects.localPath(sha256));
  return files;
}

function chosen({ schema }: DatasetManifest, names: readonly string[] | undefined): ColumnSchema[] {
  if (names === undefined) return schema.columns;
  return names.map((name) => {
    const column = schema.columns.find((one) => one.name === name);
    if (column === undefined)
      throw fail('request.invalid', { reason: `there is no column ${name}` }, { path: name });
    return column;
  });
}
