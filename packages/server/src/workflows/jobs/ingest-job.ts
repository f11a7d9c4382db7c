import { createHash } from 'node:crypto';
import {
  appendFile,
  type DatasetManifest,
  type FilledCell,
  fillColumn,
  type Ingested,
  type IngestPorts,
  ingestFile,
  manifestId,
} from '../../stages/ingest/index.ts';
import { type LabelType, labelValue } from '../../stages/label/index.ts';
import { jsonParts } from '../complete/json-lines.ts';
import type { IngestInput, IngestOutput, TakenLabel } from '../model.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';
import { observeTables } from './observe-tables.ts';

/**
 * Reads an uploaded file into a dataset version: the first, or one that follows `parent`. Of labelled traffic, rows whose label
 * was corrected get it first, which is a version of its own where rows are appended too.
 */
export const ingestJob: JobHandler<'ingest'> = async (input, ports, { signal, news }) => {
  const begun = ports.clock.monotonic();
  const observer = observeTables(ports.tables, news, ports.clock);
  const observed = { tables: observer.tables, objects: ports.objects };
  const made = await ingest(input, ports, observed, signal).finally(observer.stop);
  return { ...made, seconds: (ports.clock.monotonic() - begun) / 1000 };
};

type Made = Omit<IngestOutput, 'seconds'>;

async function ingest(
  input: IngestInput,
  ports: JobPorts,
  observed: IngestPorts,
  signal: AbortSignal,
): Promise<Made> {
  if (input.parent === null) return madeOf(await read(input, null, { ports, observed, signal }));
  const { manifest: parent } = input.parent;
  const { labelled } = input;
  if (labelled === undefined || labelled.corrected === 0)
    return madeOf(await read(input, parent, { ports, observed, signal }));
  const filled = await correct(labelled, parent, { ports, observed, signal });
  if (labelled.rows === 0) return madeOf(filled);
  const appended = await read(input, filled.manifest, { ports, observed, signal });
  return { ...madeOf(appended), corrected: madeOf(filled) };
}

type Run = { ports: JobPorts; observed: IngestPorts; signal: AbortSignal };

function madeOf({ manifest, profile }: Ingested): Made {
  return { manifest, profile, manifestId: manifestId(manifest) };
}

async function read(
  { file, read: options, allowMissing: mayLack, dataset, labelled }: IngestInput,
  parent: DatasetManifest | null,
  { ports, observed, signal }: Run,
): Promise<Ingested> {
  const request = {
    file: await ports.objects.localPath(file.sha256),
    fileName: file.filename,
    limits: ports.limits,
    signal,
    ...(options !== undefined && { options }),
  };
  if (parent === null) return ingestFile(request, observed);
  const appended = await appendFile(
    parent,
    { ...request, dataset, ...(mayLack !== undefined && { mayLack }) },
    observed,
  );
  const rows = appended.manifest.rows - parent.rows;
  if (labelled !== undefined && rows !== labelled.rows)
    throw new Error(`${rows} of ${labelled.rows} labelled rows were read, so it is not known which they are`);
  return appended;
}

/** The rows whose label was corrected, with the new one. */
async function correct(
  { labels, endpoint, target }: NonNullable<IngestInput['labelled']>,
  parent: DatasetManifest,
  { ports, observed, signal }: Run,
): Promise<Ingested> {
  const { type } = parent.schema.columns.find(({ name }) => name === target)!;
  const cells: FilledCell[] = [];
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of jsonParts<TakenLabel>(ports.objects.read(labels), 10_000)) {
    for (const { row, value } of part) {
      if (row === null) continue;
      cells.push({ row, value: labelValue(type as LabelType, value) });
      const line = `${JSON.stringify([row, value])}\n`;
      hash.update(line);
      bytes += Buffer.byteLength(line);
    }
  }
  const lineage = {
    source: `corrected labels of endpoint ${endpoint}`,
    sourceSha256: hash.digest('hex'),
    sourceBytes: bytes,
    format: 'labels' as const,
  };
  const column = { name: target, type: type as LabelType };
  return fillColumn(parent, { column, cells, lineage, signal }, observed);
}
