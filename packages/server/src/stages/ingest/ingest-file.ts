import type { ColumnReading, IngestReport } from '@slipway/contract';
import { fail } from '@slipway/contract';
import type { DatasetManifest, Lineage, TableProfile, TableSchema } from './model.ts';
import { type FileToRead, type OpenSource, openSource } from './open-source.ts';
import type { PlannedColumn, SegmentStore, StoredColumn, TableEngine, Workspace } from './ports.ts';
import { profileTable } from './profile/profile-table.ts';
import { missingWordsOf, writingHints } from './reading-rules.ts';
import { columnReadingOf, typeOf } from './readings/column-reading.ts';
import { refuseValues } from './refuse-values.ts';
import { ingestReport } from './report/ingest-report.ts';
import { profileFindings } from './report/profile-findings.ts';
import { INGEST_LIMITS, MISSING_WORDS } from './settings.ts';
import { storeDecided } from './store-decided.ts';
import { withFileName } from './with-file-name.ts';

export type IngestPorts = { tables: TableEngine; objects: SegmentStore };

export type IngestRequest = FileToRead & { signal?: AbortSignal };

/** A file as a dataset holds it, in a scratch file at `path` with `rows` rows; nothing is kept of it yet. */
export type ReadFile = {
  path: string;
  rows: number;
  schema: TableSchema;
  profile: TableProfile;
  report: IngestReport;
  lineage: Lineage;
};

export type Ingested = { manifest: DatasetManifest; profile: TableProfile; report: IngestReport };

/**
 * Reads a local file of any supported form into an immutable segment of the object store, and tells what it holds and how
 * it was read. Nothing is left behind when it fails. Runs for long and uses much memory: call it in a worker process.
 *
 * Throws `file.*`, `request.invalid` for options that do not fit the file, `storage.full`, `job.cancelled` (when `signal`
 * aborts).
 *
 * @example const { manifest, profile } = await ingestFile({ file: '/tmp/upload', fileName: 'customers.csv' }, ports);
 */
export async function ingestFile(request: IngestRequest, ports: IngestPorts): Promise<Ingested> {
  return inWorkspace(ports.tables, [request.file], request.signal, async (workspace) => {
    const { path, rows, schema, profile, report, lineage } = await readFirstFile(workspace, request);
    const { sha256, bytes } = await ports.objects.putFile(path);
    const segments = [{ sha256, rows, bytes }];
    return { manifest: { parent: null, schema, rows, bytes, segments, lineage }, profile, report };
  });
}

/** Reads a dataset's first file, whose values decide what its columns are. Throws what {@link ingestFile} throws. */
export async function readFirstFile(workspace: Workspace, request: IngestRequest): Promise<ReadFile> {
  const { options = {}, limits = INGEST_LIMITS } = request;
  const source = await named(request.fileName, openSource(workspace, request));
  const decide = {
    hints: writingHints(source, options),
    options,
    maxUnreadableShare: limits.maxUnreadableShare,
  };
  const stored = await named(request.fileName, storeDecided(workspace, source, decide));
  const { source: file, sourceBytes: bytes } = source.lineage;
  refuseValues({ rows: stored.rows, columns: stored.columns.length }, { file, bytes, limits });
  if (stored.rows === 0) throw fail('file.no-rows', { file: request.fileName });
  const words = missingWordsOf(options);
  const profiled = await profileTable(workspace, [stored.path], storedColumns(stored.columns), {
    rows: stored.rows,
    missingWords: words,
    readings: readingsOf(stored.columns),
    identifiers: indexColumns(source),
  });
  const schema = withForm(withWords(profiled.schema, words), source);
  const findings = [...source.findings, ...stored.findings, ...profileFindings(schema, profiled.profile)];
  const report = ingestReport(source, { rows: stored.rows, columns: schema.columns.length, findings });
  const { path, rows } = stored;
  return { path, rows, schema, profile: { ...profiled.profile, report }, report, lineage: source.lineage };
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

export function storedColumns(columns: readonly PlannedColumn[]): StoredColumn[] {
  return columns.map(({ name, reading }) => ({ name, type: typeOf(reading) }));
}

function readingsOf(columns: readonly PlannedColumn[]): Map<string, ColumnReading> {
  return new Map(columns.map(({ name, reading }) => [name, columnReadingOf(reading)]));
}

function indexColumns({ columns }: OpenSource): Set<string> {
  return new Set(columns.filter(({ isIndex }) => isIndex === true).map(({ name }) => name));
}

/** The usual words need not be said. */
function withWords(schema: TableSchema, words: readonly string[]): TableSchema {
  return words === MISSING_WORDS ? schema : { ...schema, missingWords: [...words] };
}

function withForm(schema: TableSchema, { form }: OpenSource): TableSchema {
  return form === null ? schema : { ...schema, form };
}

/** Failures of the engine do not know the file's name as the user gave it. */
export async function named<T>(fileName: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw withFileName(error, fileName);
  }
}
