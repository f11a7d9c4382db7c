import type { IngestFinding } from '@slipway/contract';
import {
  cutText,
  type FileToRead,
  fileHead,
  inspectAppend,
  inspectFile,
  MISSING_WORDS,
  shownRows,
} from '../../stages/ingest/index.ts';
import type { AnyManifest } from '../../stages/pack/index.ts';
import type { InspectFileInput, InspectFileOutput, InspectPurpose } from '../model.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';
import { readLabels } from './labels-file-job.ts';
import { modelRows, storeModelRows } from './wanted-table.ts';

type Request = FileToRead & { signal: AbortSignal; limit: number };

/**
 * Reads an uploaded file as the job that it is meant for would, and gives the first rows and how it was read: every row of it, or
 * those at the start of a file of text or NDJSON that is larger than `previewBytes`, since a preview answers within one request.
 * Nothing is stored. Throws what that job throws about the file.
 */
export const inspectFileJob: JobHandler<'inspect-file'> = async (input, ports, { signal }) => {
  const { tables, objects, limits } = ports;
  const whole = await objects.localPath(input.file.sha256);
  const workspace = await tables.open({ reads: [whole], signal });
  try {
    const asked = { file: whole, fileName: input.file.filename, quote: input.read?.quote };
    const head = await fileHead(workspace, asked, limits.previewBytes);
    if (head === null) return await inspectPath(whole, input, ports, signal);
    const { report, ...inspected } = await inspectPath(head.path, input, ports, signal);
    const findings = [headFinding(head.bytes, report.rows), ...report.findings];
    return { ...inspected, report: { ...report, findings } };
  } finally {
    await workspace.close();
  }
};

function headFinding(bytes: number, rows: number): IngestFinding {
  const megabytes = (bytes / 1024 ** 2).toFixed(1);
  return {
    code: 'head-only',
    severity: 'warning',
    message: `The file is large: the preview read its first ${megabytes} MiB, ${rows.toLocaleString('en')} rows. Rows behind them may change what is decided, such as the type of a column, and may hold errors.`,
  };
}

async function inspectPath(
  path: string,
  input: InspectFileInput,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<InspectFileOutput> {
  const { file, purpose, read, limit } = input;
  if (purpose.kind === 'labels') return inspectLabels(path, input, purpose, ports, signal);
  const request: Request = {
    file: path,
    fileName: file.filename,
    limits: ports.limits,
    signal,
    limit,
    ...(read !== undefined && { options: read }),
  };
  if (purpose.kind === 'predict') return inspectRows(request, purpose, ports);
  const { missingWords, ...inspected } =
    purpose.kind === 'append'
      ? await inspectAppend(purpose.manifest, { ...request, dataset: purpose.dataset }, ports)
      : await inspectFile(request, ports);
  return { ...inspected, missingWords: [...missingWords] };
}

async function inspectRows(
  { signal, limit, ...request }: Request,
  { name, bundleId }: Extract<InspectPurpose, { kind: 'predict' }>,
  { bundles, tables }: JobPorts,
): Promise<InspectFileOutput> {
  const { files } = await bundles.open(bundleId);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as AnyManifest;
  const wanted = modelRows(manifest, name);
  const workspace = await tables.open({ reads: [request.file], signal });
  try {
    const { path, columns, report } = await storeModelRows(workspace, request, wanted);
    const readings = new Map(wanted.columns.map((one) => [one.name, one.reading]));
    return {
      columns: columns.map(({ name: column, type }) => {
        const reading = readings.get(column);
        return { name: column, type, ...(reading !== undefined && { reading }) };
      }),
      rows: await shownRows(workspace, [path], columns, { offset: 0, limit }),
      missingWords: [...(wanted.missingWords ?? MISSING_WORDS)],
      report,
    };
  } finally {
    await workspace.close();
  }
}

/** A label is shown as it would be kept: a class in its own words, a number in one writing. */
async function inspectLabels(
  path: string,
  { file, read, limit }: InspectFileInput,
  { endpoint, target, bundleId }: Extract<InspectPurpose, { kind: 'labels' }>,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<InspectFileOutput> {
  const input = { file, endpoint, target, bundleId, ...(read !== undefined && { read }) };
  return readLabels(
    input,
    ports,
    signal,
    async ({ parts, sorted, report }) => {
      const rows: { id: string; value: string }[] = [];
      for await (const labels of parts) {
        const more = labels.slice(0, limit - rows.length);
        rows.push(...more.map((label) => ({ id: cutText(label.predictionId), value: cutText(label.value) })));
      }
      const { warnings } = await sorted();
      return {
        columns: [
          { name: 'id', type: 'string' },
          { name: 'value', type: 'string' },
        ],
        rows,
        missingWords: [],
        report: { ...report, findings: [...warnings, ...report.findings] },
      };
    },
    path,
  );
}
