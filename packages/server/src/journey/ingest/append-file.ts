import { fail } from '@slipway/contract';
import {
  columnNotes,
  type Ingested,
  type IngestPorts,
  type IngestRequest,
  inWorkspace,
  named,
  storedColumns,
  warningsOf,
} from './ingest-file.ts';
import { manifestId } from './manifest-id.ts';
import type { ColumnSchema, DatasetManifest } from './model.ts';
import { type OpenSource, openSource, type SourceColumn } from './open-source.ts';
import { overReadable } from './plan-columns.ts';
import type { PlannedColumn, RawKind, Reading, TableSource, Workspace } from './ports.ts';
import { profileTable } from './profile/profile-table.ts';
import { segmentFiles } from './read-table.ts';
import { NATIVE_TIMESTAMP, readingsOfKind, textReadings } from './readings/guess-readings.ts';

export type AppendRequest = IngestRequest & {
  /** Name of the dataset, for messages. */
  dataset: string;
  /** Columns that the new file may lack (the target, when labels come later); they are missing in the new rows. */
  mayLack?: readonly string[];
};

/**
 * A new version: the parent's segments and one with the rows of `file`. Columns are matched by name; those of the
 * file must be those of the parent and hold values of the same types. The profile is of the whole.
 *
 * Throws `dataset.schema-differs` with the column as path, and what ingestFile throws.
 */
export async function appendFile(
  parent: DatasetManifest,
  request: AppendRequest,
  ports: IngestPorts,
): Promise<Ingested> {
  const before = await segmentFiles(parent, ports.objects);
  return inWorkspace(ports.tables, [request.file, ...before], request.signal, async (workspace) => {
    const source = await named(request.fileName, openSource(workspace, request));
    const stored = await named(request.fileName, storeFitting(workspace, source, parent, request));
    if (stored.rows === 0) throw fail('file.no-rows', { file: request.fileName });
    const columns = storedColumns(stored.columns);
    const rows = parent.rows + stored.rows;
    const files = [...before, stored.path];
    const { schema, profile } = await profileTable(
      workspace,
      files,
      columns,
      rows,
      columnNotes(source, stored.columns),
    );
    const { sha256, bytes } = await ports.objects.putFile(stored.path);
    const segments = [...parent.segments, { sha256, rows: stored.rows, bytes }];
    const manifest: DatasetManifest = {
      parent: manifestId(parent),
      schema,
      rows,
      bytes: parent.bytes + bytes,
      segments,
      lineage: source.lineage,
    };
    return { manifest, profile, notes: warningsOf(source.findings) };
  });
}

async function storeFitting(
  workspace: Workspace,
  source: OpenSource,
  parent: DatasetManifest,
  request: AppendRequest,
) {
  const matched = matchColumns(source.columns, parent, request);
  return overReadable(source, async (table) => {
    const columns: PlannedColumn[] = [];
    for (const { schema, column } of matched)
      columns.push(await fitted(workspace, table, source, schema, column, request));
    const stored = await workspace.store(table, columns);
    if (stored === null) throw new Error('readings tried over all rows did not hold');
    return { ...stored, columns };
  });
}

type Matched = { schema: ColumnSchema; column: SourceColumn | null };

/** The parent's columns, each with the file's of that name. */
function matchColumns(
  columns: readonly SourceColumn[],
  parent: DatasetManifest,
  request: AppendRequest,
): Matched[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const known = new Set(parent.schema.columns.map(({ name }) => name));
  for (const { name } of columns) {
    if (!known.has(name)) throw differs(request, name, `it has a column ${name} that the dataset lacks`);
  }
  return parent.schema.columns.map((schema) => {
    const column = byName.get(schema.name) ?? null;
    if (column === null && request.mayLack?.includes(schema.name) !== true) {
      throw differs(request, schema.name, `the column ${schema.name} is missing`);
    }
    return { schema, column };
  });
}

/** The column of the file, read as the parent's type. */
async function fitted(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  schema: ColumnSchema,
  column: SourceColumn | null,
  request: AppendRequest,
): Promise<PlannedColumn> {
  const readings = readingsOf(schema, column?.kind ?? 'text', source.decimal);
  const { name } = schema;
  if (column === null) return { name, from: null, reading: readings[0]! };
  const from = { path: column.path, kind: column.kind };
  const misfits = await workspace.misfits(
    table,
    readings.map((reading) => ({ from, reading })),
  );
  const reading = readings.find((_, i) => misfits[i] === 0);
  if (reading !== undefined) return { name, from, reading };
  const least = Math.min(...misfits);
  const reason = `${least} value${least === 1 ? '' : 's'} of the column ${name} cannot be read as ${schema.type}`;
  throw differs(request, name, readings.length === 0 ? `the column ${name} is no ${schema.type}` : reason);
}

/** Readings that give the parent's type; whole numbers may become fractional. */
function readingsOf(schema: ColumnSchema, kind: RawKind, decimal: '.' | ','): Reading[] {
  if (schema.type === 'string') return [{ as: 'string' }];
  if (kind === 'text') return textReadings(decimal).filter((reading) => TYPE_OF[reading.as] === schema.type);
  const native: Partial<Record<RawKind, Reading[]>> = {
    'number-text': readingsOfKind('number-text'),
    integer: [{ as: 'integer', decimal: '.' }],
    number: [{ as: 'number', decimal: '.' }],
    boolean: [{ as: 'boolean' }],
    timestamp: [NATIVE_TIMESTAMP],
  };
  return (native[kind] ?? []).filter((reading) => TYPE_OF[reading.as] === schema.type);
}

const TYPE_OF = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  timestamp: 'timestamp',
} as const;

function differs({ dataset }: AppendRequest, path: string, reason: string) {
  return fail('dataset.schema-differs', { name: dataset, reason }, { path });
}
