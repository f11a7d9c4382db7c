import { fail, type IngestFinding } from '@slipway/contract';
import type { ColumnType, DatasetManifest, TableProfile } from './model.ts';
import { type FileToRead, type OpenSource, openSource } from './open-source.ts';
import { storeDecided } from './plan-columns.ts';
import type { PlannedColumn, Reading, SegmentStore, StoredColumn, TableEngine, Workspace } from './ports.ts';
import { profileTable } from './profile/profile-table.ts';
import { isDayFirst, isMonthFirst } from './readings/date-formats.ts';
import { withFileName } from './with-file-name.ts';

export type IngestPorts = { tables: TableEngine; objects: SegmentStore };
export type IngestRequest = FileToRead & { signal?: AbortSignal };
/** `notes` is what a reader should know of the file as a whole; notes on columns are in the profile. */
export type Ingested = { manifest: DatasetManifest; profile: TableProfile; notes: string[] };

const TYPES: Record<Reading['as'], ColumnType> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  timestamp: 'timestamp',
};

/**
 * Reads a local file of any supported form into an immutable segment of the object store, and tells what it holds.
 * Nothing is left behind when it fails. Runs for long and uses much memory: call it in a worker process.
 *
 * Throws `file.*`, `storage.full`, `job.cancelled` (when `signal` aborts).
 *
 * @example const { manifest, profile } = await ingestFile({ file: '/tmp/upload', fileName: 'customers.csv' }, ports);
 */
export async function ingestFile(request: IngestRequest, ports: IngestPorts): Promise<Ingested> {
  return inWorkspace(ports.tables, [request.file], request.signal, async (workspace) => {
    const source = await named(request.fileName, openSource(workspace, request));
    const stored = await named(request.fileName, storeDecided(workspace, source));
    if (stored.rows === 0) throw fail('file.no-rows', { file: request.fileName });
    const columns = storedColumns(stored.columns);
    const { schema, profile } = await profileTable(
      workspace,
      [stored.path],
      columns,
      stored.rows,
      columnNotes(source, stored.columns),
    );
    const { sha256, bytes } = await ports.objects.putFile(stored.path);
    const segment = { sha256, rows: stored.rows, bytes };
    const manifest = {
      parent: null,
      schema,
      rows: stored.rows,
      bytes,
      segments: [segment],
      lineage: source.lineage,
    };
    return { manifest, profile, notes: warningsOf(source.findings) };
  });
}

/** Runs `work` in a workspace that is closed whatever happens. */
export async function inWorkspace<T>(
  tables: TableEngine,
  reads: readonly string[],
  signal: AbortSignal | undefined,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const workspace = await tables.open({ reads, signal });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

export function warningsOf(findings: readonly IngestFinding[]): string[] {
  return findings.filter(({ severity }) => severity === 'warning').map(({ message }) => message);
}

export function storedColumns(columns: readonly PlannedColumn[]): StoredColumn[] {
  return columns.map(({ name, reading }) => ({ name, type: TYPES[reading.as] }));
}

/** What readers should know about how columns were read. */
export function columnNotes(source: OpenSource, columns: readonly PlannedColumn[]): Map<string, string[]> {
  const notes = new Map<string, string[]>();
  const say = (name: string, note: string) => notes.set(name, [...(notes.get(name) ?? []), note]);
  for (const { name, from, reading } of columns) {
    if (from?.kind === 'nested') say(name, 'Lists are kept as JSON text.');
    if (reading.as === 'timestamp' && isMonthFirst(reading.format))
      say(name, 'Dates are read with the month first.');
    if (reading.as === 'timestamp' && isDayFirst(reading.format))
      say(name, 'Dates are read with the day first.');
    if ('decimal' in reading && reading.decimal === ',' && source.decimal === ',')
      say(name, 'Numbers are read with a decimal comma.');
  }
  return notes;
}

/** Failures of the engine do not know the file's name as the user gave it. */
export async function named<T>(fileName: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw withFileName(error, fileName);
  }
}
