import type { ColumnReading, ReadOptions } from '@slipway/contract';
import { fail } from '@slipway/contract';
import {
  type Ingested,
  type IngestPorts,
  type IngestRequest,
  inWorkspace,
  named,
  type ReadFile,
} from './ingest-file.ts';
import { manifestId } from './manifest-id.ts';
import type { ColumnSchema, DatasetManifest } from './model.ts';
import { type OpenSource, openSource } from './open-source.ts';
import type { PlannedColumn, Workspace } from './ports.ts';
import { profileTable } from './profile/profile-table.ts';
import { segmentFiles } from './read-table.ts';
import { withMoreOffsets } from './readings/offset-runs.ts';
import { ingestReport } from './report/ingest-report.ts';
import { profileFindings } from './report/profile-findings.ts';
import { INGEST_LIMITS, MISSING_WORDS } from './settings.ts';
import { spelling, storeAsWanted } from './store-as-wanted.ts';

export type AppendRequest = IngestRequest & {
  /** Name of the dataset, for messages. */
  dataset: string;
  /** Columns that the new file may lack (the target, when labels come later); they are missing in the new rows. */
  mayLack?: readonly string[];
};

/**
 * A new version: the parent's segments and one with the rows of `file`. Columns are matched by name and read as the parent
 * has them. A few values that do not fit are missing in the new rows, and told. The profile is of the whole.
 *
 * Throws `dataset.schema-differs` for a column that the dataset lacks, what {@link storeAsWanted} throws, and what
 * ingestFile throws.
 */
export async function appendFile(
  parent: DatasetManifest,
  request: AppendRequest,
  ports: IngestPorts,
): Promise<Ingested> {
  const before = await segmentFiles(parent, ports.objects);
  return inWorkspace(ports.tables, [request.file, ...before], request.signal, async (workspace) => {
    const read = await readLaterFile(workspace, { manifest: parent, segments: before }, request);
    const { path, rows, schema, profile, report, lineage } = read;
    const { sha256, bytes } = await ports.objects.putFile(path);
    const manifest: DatasetManifest = {
      parent: manifestId(parent),
      schema,
      rows: parent.rows + rows,
      bytes: parent.bytes + bytes,
      segments: [...parent.segments, { sha256, rows, bytes }],
      lineage,
    };
    return { manifest, profile, report };
  });
}

/** Reads a file as `parent` has its columns; schema and profile are of the whole. Throws what {@link appendFile} throws. */
export async function readLaterFile(
  workspace: Workspace,
  parent: { manifest: DatasetManifest; segments: readonly string[] },
  request: AppendRequest,
): Promise<ReadFile> {
  const { options = {}, limits = INGEST_LIMITS, fileName } = request;
  const { manifest, segments } = parent;
  const source = await named(fileName, openSource(workspace, { ...request, expects: manifest.schema }));
  refuseNewColumns(source, manifest, request);
  refuseOtherTypes(options, manifest);
  const storing = storeAsWanted(workspace, source, manifest.schema, {
    file: fileName,
    options,
    mayLack: new Set([...(request.mayLack ?? []), ...(options.allowMissing ?? [])]),
    maxUnreadableShare: limits.maxUnreadableShare,
    others: 'leave-out',
    needsOffsets: true,
  });
  const { path, rows, plans, findings: own } = await named(fileName, storing);
  if (rows === 0) throw fail('file.no-rows', { file: fileName });
  const profiled = await profileTable(workspace, [...segments, path], manifest.schema.columns, {
    rows: manifest.rows + rows,
    missingWords: manifest.schema.missingWords ?? MISSING_WORDS,
    readings: readingsAfter(manifest, plans),
    identifiers: identifiersOf(manifest.schema.columns),
  });
  const schema = { ...manifest.schema, columns: profiled.schema.columns };
  const findings = [...source.findings, ...own, ...profileFindings(schema, profiled.profile)];
  const report = ingestReport(source, { rows, columns: schema.columns.length, findings });
  return { path, rows, schema, profile: { ...profiled.profile, report }, report, lineage: source.lineage };
}

/** What names rows goes on naming them, also where a second file counts from one again. */
export function identifiersOf(columns: readonly ColumnSchema[]): Set<string> {
  return new Set(columns.filter(({ role }) => role === 'identifier').map(({ name }) => name));
}

/** How the text of each column is read, by name; none of a version from before readings were kept. */
export function readingsOf({ schema }: DatasetManifest): Map<string, ColumnReading> {
  return new Map(
    schema.columns.flatMap(({ name, reading }): [string, ColumnReading][] =>
      reading === undefined ? [] : [[name, reading]],
    ),
  );
}

/** As the dataset has them, times with the offsets that the new rows carry too. */
function readingsAfter(parent: DatasetManifest, plans: readonly PlannedColumn[]): Map<string, ColumnReading> {
  const readings = readingsOf(parent);
  for (const { name, reading } of plans) {
    const known = readings.get(name);
    if (known === undefined || reading.as !== 'timestamp') continue;
    readings.set(name, withMoreOffsets(known, reading.offsets ?? []));
  }
  return readings;
}

/** Throws `file.column-spelling` for one that is nearly a column of the dataset, else `dataset.schema-differs`. */
function refuseNewColumns(
  source: OpenSource,
  parent: DatasetManifest,
  { dataset, fileName }: AppendRequest,
): void {
  const known = new Set(parent.schema.columns.map(({ name }) => name));
  const bySpelling = new Map(parent.schema.columns.map(({ name }) => [spelling(name), name]));
  for (const { name } of source.columns) {
    if (known.has(name)) continue;
    const near = bySpelling.get(spelling(name));
    if (near !== undefined)
      throw fail('file.column-spelling', { file: fileName, found: name, column: near }, { path: near });
    const reason = `it has a column ${name} that the dataset lacks`;
    throw fail('dataset.schema-differs', { name: dataset, reason }, { path: name });
  }
}

/** A later file never changes what a column means. Throws `request.invalid`. */
function refuseOtherTypes({ types = {} }: ReadOptions, { schema }: DatasetManifest): void {
  const typeOf = new Map(schema.columns.map(({ name, type }) => [name, type]));
  for (const [name, type] of Object.entries(types)) {
    if (typeOf.get(name) === type) continue;
    const reason = `the dataset holds ${name} as ${typeOf.get(name) ?? 'no column'}, and a later file does not change that; make a new dataset with this type`;
    throw fail('request.invalid', { reason }, { path: `types.${name}` });
  }
}
