import { fail, type IngestReport, warningsOf } from '@slipway/contract';
import type { NewLabel } from '../../metadata/index.ts';
import {
  columnNamed,
  type ExpectedTable,
  type FileToRead,
  ingestReport,
  type OpenSource,
  openSource,
  type SourceColumn,
  type StoredAsWanted,
  storeAsWanted,
  type Table,
  type WantedColumn,
  type Workspace,
} from '../../stages/ingest/index.ts';
import { type LabelTarget, labelReader, type RowValue, typeOfClasses } from '../../stages/label/index.ts';
import { type AnyManifest, takesTensors } from '../../stages/pack/index.ts';
import { jsonLines } from '../complete/json-lines.ts';
import {
  type GivenLabel,
  type LabelSorter,
  labelSorter,
  labelTarget,
  requireSome,
  type SortedLabels,
} from '../labels/sort-labels.ts';
import { unknownPredictions } from '../labels/unknown-predictions.ts';
import type { LabelsFileInput } from '../model.ts';
import { cellValue } from './cells.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';
import { readSlices } from './table-slices.ts';

/** Ids that are looked for in the prediction log; of a longer file it is not told how many are unknown. */
const MOST_IDS = 500_000;

/**
 * Reads labels from a file with the columns `id` (of the prediction) and `value`, and `observed_at` where it has it; or, as in a
 * file that was predicted, `prediction_id` and the target's own. They are read as the dataset has the target, part by part, and
 * written to an object that the control plane takes in. Throws `labels.column-missing`, and `labels.all-refused` where no label
 * can be taken.
 */
export const labelsFileJob: JobHandler<'labels-file'> = async (input, ports, { signal }) => {
  const ids: string[] = [];
  const noteIds = (labels: readonly NewLabel[]) => {
    if (ids.length <= MOST_IDS) ids.push(...labels.map(({ predictionId }) => predictionId));
  };
  return readLabels(input, ports, signal, async ({ parts, sorted, report }) => {
    const { sha256 } = await ports.objects.put(linesOf(parts, noteIds));
    const told = await sorted();
    const isFew = ids.length <= MOST_IDS;
    const unknown = isFew ? await unknownPredictions(ports.predictions, input.endpoint, ids) : undefined;
    const warnings = [...warningsOf(report), ...told.warnings];
    return { ...told, labels: sha256, unknown: unknown ?? null, warnings };
  });
};

async function* linesOf(
  parts: AsyncIterable<NewLabel[]>,
  seen: (labels: readonly NewLabel[]) => void,
): AsyncGenerator<Uint8Array> {
  for await (const labels of parts) {
    seen(labels);
    yield jsonLines(labels);
  }
}

/** The labels of a file as they are kept, part by part, and how it was read. */
export type LabelsOfFile = {
  parts: AsyncIterable<NewLabel[]>;
  /** To be asked once all parts were read. Throws `labels.all-refused`. */
  sorted(): Promise<SortedLabels>;
  report: IngestReport;
};

/** Reads a file of labels, or what is at `path` in its place; throws what the job throws. */
export async function readLabels<Result>(
  input: LabelsFileInput,
  {
    objects,
    tables,
    limits,
    bundles,
    clock,
  }: Pick<JobPorts, 'objects' | 'tables' | 'limits' | 'bundles' | 'clock'>,
  signal: AbortSignal,
  use: (labels: LabelsOfFile) => Promise<Result>,
  path?: string,
): Promise<Result> {
  const { filename, sha256 } = input.file;
  const file = path ?? (await objects.localPath(sha256));
  const workspace = await tables.open({ reads: [file], signal });
  try {
    const options = input.read ?? {};
    const manifest = await manifestOf(input, bundles);
    const target = manifest === undefined ? { type: typeOfClasses([]), classes: [] } : labelTarget(manifest);
    const request = { file, fileName: filename, limits, options, expects: labelColumns(input, manifest) };
    const stored = await storeLabels(workspace, request, { input, target });
    const { names, source, report } = stored;
    const sorter = labelSorter(target, input.asOf ?? clock.now(), (field) => names[field] ?? field);
    return await use({
      parts: sortedParts(workspace, stored, sorter, doubtsOf(source, names, target)),
      async sorted() {
        const sorted = sorter.sorted(await source.linesOf(sorter.refusedAt()));
        requireSome(sorted);
        return sorted;
      },
      report,
    });
  } finally {
    await workspace.close();
  }
}

async function* sortedParts(
  workspace: Workspace,
  { path, rows, columns, names }: StoredLabels,
  sorter: LabelSorter,
  doubtOf: DoubtOf,
): AsyncGenerator<NewLabel[]> {
  for await (const { table, first } of readSlices(workspace, { file: path, rows, columns })) {
    const labels: NewLabel[] = [];
    for (let row = 0; row < table.rows; row++) {
      const given = givenLabel(table, row, names);
      const kept = sorter.sort({ ...given, doubt: doubtOf(given.value) }, first + row);
      if (kept !== undefined) labels.push({ ...kept, source: 'file' });
    }
    yield labels;
  }
}

type DoubtOf = (value: RowValue) => string | undefined;

const JSON_NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NO_DOUBT: DoubtOf = () => undefined;

/**
 * Where a column of JSON mixes numbers and text, all of it is text, and a number would be read with the marks of the dataset,
 * which may be those of other numbers.
 */
function doubtsOf(source: OpenSource, names: LabelNames, target: LabelTarget): DoubtOf {
  const column = source.columns.find(({ name }) => name === names.value)!;
  if (column.isMixed !== true || target.type !== 'number') return NO_DOUBT;
  const read = labelReader(target);
  return (value) => {
    if (typeof value !== 'string' || !JSON_NUMBER.test(value)) return undefined;
    const found = read(value);
    if (found.is === 'label' && Number(found.value) === Number(value)) return undefined;
    return 'The column mixes numbers and text, and this may be either: send all values as numbers, or all as text in the writing of the dataset.';
  };
}

function givenLabel(table: Table, row: number, names: LabelNames): GivenLabel {
  const cell = (name: string) => cellValue(columnNamed(table, name)!, row);
  const observedAt = names.observedAt === undefined ? null : cell(names.observedAt);
  return {
    id: String(cell(names.id) ?? '').trim(),
    value: cell(names.value),
    ...(observedAt === null ? {} : { observedAt: String(observedAt) }),
  };
}

async function manifestOf(
  { bundleId }: LabelsFileInput,
  bundles: JobPorts['bundles'],
): Promise<AnyManifest | undefined> {
  if (bundleId === undefined) return undefined;
  const { files } = await bundles.open(bundleId);
  return JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as AnyManifest;
}

const OBSERVED_AT = ['observed_at', 'observedAt'];

/** What a file of labels may name its columns, in the form of the dataset first. */
function labelColumns({ target }: LabelsFileInput, manifest: AnyManifest | undefined): ExpectedTable {
  const names = ['prediction_id', 'id', 'value', ...OBSERVED_AT, ...(target === undefined ? [] : [target])];
  const form = manifest === undefined || takesTensors(manifest) ? undefined : manifest.form;
  return { columns: names.map((name) => ({ name, type: 'string' })), form };
}

/** What the file names the columns of a label. */
type LabelNames = { id: string; value: string; observedAt: string | undefined };

type StoredLabels = Pick<StoredAsWanted, 'path' | 'rows' | 'columns'> & {
  names: LabelNames;
  source: OpenSource;
  report: IngestReport;
};

async function storeLabels(
  workspace: Workspace,
  request: FileToRead,
  { input, target }: { input: LabelsFileInput; target: LabelTarget },
): Promise<StoredLabels> {
  const source = await openSource(workspace, request);
  const names = labelNames(source, request.fileName, input);
  const wanted = [names.id, names.value, names.observedAt].filter((name) => name !== undefined);
  const columns = wanted.map((name): WantedColumn => {
    const kind = source.columns.find((one) => one.name === name)!.kind;
    return name === names.value ? valueColumn(name, kind, target) : momentOrText(name, kind);
  });
  const options = { file: request.fileName, mayLack: new Set<string>(), maxUnreadableShare: 0 } as const;
  const stored = await storeAsWanted(
    workspace,
    source,
    { columns, missingWords: [] },
    { ...options, others: 'leave-out' },
  );
  const findings = [...source.findings, ...stored.findings];
  const report = ingestReport(source, { rows: stored.rows, columns: columns.length, findings });
  return { ...stored, names, source, report };
}

/** Throws `labels.column-missing`. */
function labelNames(source: OpenSource, file: string, { target }: LabelsFileInput): LabelNames {
  const columns = source.columns.map(({ name }) => name);
  const firstOf = (...wanted: (string | undefined)[]) => {
    const found = wanted.find((name) => name !== undefined && columns.includes(name));
    if (found !== undefined) return found;
    const column = wanted.at(-1)!;
    throw fail('labels.column-missing', { file, column, columns }, { path: column });
  };
  return {
    id: firstOf('prediction_id', 'id'),
    value: firstOf(target, 'value'),
    observedAt: OBSERVED_AT.find((name) => columns.includes(name)),
  };
}

/**
 * Numbers and truth of JSON and Parquet are taken as they are: as text, a number would be read with the marks of the dataset.
 * Whole numbers that are classes of text stay text, which keeps all their digits.
 */
function valueColumn(name: string, kind: SourceColumn['kind'], { type }: LabelTarget): WantedColumn {
  if (kind === 'number' || kind === 'number-text') return { name, type: 'number' };
  if (kind === 'integer' && type !== 'string') return { name, type: 'number' };
  return kind === 'boolean' ? { name, type: 'boolean' } : textColumn(name);
}

function momentOrText(name: string, kind: SourceColumn['kind']): WantedColumn {
  return kind === 'timestamp' ? { name, type: 'timestamp' } : textColumn(name);
}

function textColumn(name: string): WantedColumn {
  return { name, type: 'string', reading: { as: 'string' } };
}
