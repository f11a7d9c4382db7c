import { fail, type IngestReport, warningsOf } from '@slipway/contract';
import {
  type Column,
  type ExpectedTable,
  type FileToRead,
  ingestReport,
  type OpenSource,
  openSource,
  storeAsWanted,
  type Workspace,
} from '../../journey/ingest/index.ts';
import { type AnyManifest, takesTensors } from '../../journey/pack/index.ts';
import type { LabelsFileInput } from '../model.ts';
import { unknownPredictions } from '../unknown-predictions.ts';
import { cellText } from './cells.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';
import { type LabelReading, type LabelText, labelReadingOf, labelTexts } from './label-text.ts';

/**
 * Reads labels from a file with the columns `id` (of the prediction) and `value`; or, as in a file that was predicted,
 * `prediction_id` and the target's own. They are read as the dataset has the target. Rows without a value are left out.
 * Throws `labels.column-missing`, and `file.value-unreadable` for the first value that the target cannot be.
 */
export const labelsFileJob: JobHandler<'labels-file'> = async (input, ports, { signal }) => {
  const { labels, report } = await readLabels(input, ports, signal);
  const named = labels.map(({ id }) => id);
  const unknown = await unknownPredictions(ports.predictions, input.endpoint, named);
  return { labels, unknown: unknown!, warnings: warningsOf(report) };
};

/** Labels as they are kept, and how the file was read. */
export type ReadLabels = { labels: { id: string; value: string }[]; report: IngestReport };

/** Reads a file of labels, or what is at `path` in its place; throws what the job throws. */
export async function readLabels(
  input: LabelsFileInput,
  { objects, tables, limits, bundles }: Pick<JobPorts, 'objects' | 'tables' | 'limits' | 'bundles'>,
  signal: AbortSignal,
  path?: string,
): Promise<ReadLabels> {
  const { filename, sha256 } = input.file;
  const file = path ?? (await objects.localPath(sha256));
  const workspace = await tables.open({ reads: [file], signal });
  try {
    const options = input.read ?? {};
    const manifest = await manifestOf(input, bundles);
    const truth = manifest && labelReadingOf(manifest);
    const { ids, values, source, report } = await textColumns(
      workspace,
      { file, fileName: filename, limits, options, expects: labelColumns(input, manifest) },
      input,
    );
    const read: LabelText = truth === undefined ? (text) => text : labelTexts(truth);
    const labels: { id: string; value: string }[] = [];
    for (let row = 0; row < rowsOf(ids); row++) {
      const [id, text] = [cellText(ids, row)?.trim(), cellText(values, row)];
      if (id === undefined || id === '' || text === null) continue;
      const value = read(text);
      if (value === undefined) throw await unreadable({ input, truth, source, row, text });
      if (value !== null) labels.push({ id, value });
    }
    return { labels, report };
  } finally {
    await workspace.close();
  }
}

async function manifestOf(
  { bundleId }: LabelsFileInput,
  bundles: JobPorts['bundles'],
): Promise<AnyManifest | undefined> {
  if (bundleId === undefined) return undefined;
  const { files } = await bundles.open(bundleId);
  return JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as AnyManifest;
}

/** What a file of labels may name its columns, in the form of the dataset first. */
function labelColumns({ target }: LabelsFileInput, manifest: AnyManifest | undefined): ExpectedTable {
  const names = ['prediction_id', 'id', 'value', ...(target === undefined ? [] : [target])];
  const form = manifest === undefined || takesTensors(manifest) ? undefined : manifest.form;
  return { columns: names.map((name) => ({ name, type: 'string' })), form };
}

/** The columns of ids and of values, as they are written. */
async function textColumns(
  workspace: Workspace,
  request: FileToRead,
  { target }: LabelsFileInput,
): Promise<{ ids: Column; values: Column; source: OpenSource; report: IngestReport }> {
  const source = await openSource(workspace, request);
  const names = source.columns.map(({ name }) => name);
  const firstOf = (...wanted: (string | undefined)[]) => {
    const found = wanted.find((name) => name !== undefined && names.includes(name));
    if (found !== undefined) return found;
    const column = wanted.at(-1)!;
    const details = { file: request.fileName, column, columns: names };
    throw fail('labels.column-missing', details, { path: column });
  };
  const columns = [firstOf('prediction_id', 'id'), firstOf(target, 'value')].map((name) => ({
    name,
    type: 'string' as const,
    reading: { as: 'string' as const },
  }));
  const stored = await storeAsWanted(
    workspace,
    source,
    { columns, missingWords: [] },
    {
      file: request.fileName,
      mayLack: new Set(),
      maxUnreadableShare: 0,
      others: 'leave-out',
    },
  );
  const read = await workspace.columns([stored.path], stored.columns);
  const findings = [...source.findings, ...stored.findings];
  const report = ingestReport(source, { rows: stored.rows, columns: columns.length, findings });
  return { ids: read.columns[0]!, values: read.columns[1]!, source, report };
}

function rowsOf(column: Column): number {
  return column.type === 'string' ? column.codes.length : column.values.length;
}

async function unreadable({
  input: { file, target },
  truth,
  source,
  row,
  text,
}: {
  input: LabelsFileInput;
  truth: LabelReading | undefined;
  source: OpenSource;
  row: number;
  text: string;
}) {
  const [line = null] = await source.linesOf([row]);
  const column = target ?? 'value';
  const details = {
    file: file.filename,
    place: line === null ? `Row ${row + 1}` : `Row ${row + 1} (line ${line})`,
    row: row + 1,
    line,
    column,
    expected: truth?.type === 'boolean' ? 'true and false' : `${truth?.type}s`,
    value: JSON.stringify(text.slice(0, 100)),
    count: 1,
    present: 1,
    flag: 'each label as the target has it',
  };
  return fail('file.value-unreadable', details, { path: column });
}
