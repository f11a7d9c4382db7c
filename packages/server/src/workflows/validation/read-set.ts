import { fail, isFailure } from '@slipway/contract';
import {
  columnNamed,
  type DatasetManifest,
  isMissingWord,
  type StoredColumn,
  segmentFiles,
  type Table,
  takeRows,
  type Workspace,
} from '../../stages/ingest/index.ts';
import {
  encodeTarget,
  missingWordsOf,
  type Preparation,
  rowColumnsOf,
  type TargetVector,
  withWordsMissing,
} from '../../stages/prepare/index.ts';
import type { SetOrigin } from '../../stages/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { type ModelRows, storeModelRows } from '../jobs/wanted-table.ts';

type Lake = Pick<JobPorts, 'objects' | 'tables' | 'limits'>;
type DatasetOf = { dataset: string; manifest: DatasetManifest };

/** The rows of a set that can be measured, and what was left out of them. */
export type MeasurableRows = { table: Table; target: TargetVector; leftOut: SetOrigin['leftOut'] };

/**
 * A dataset version as the training table was read: types, missing-value words, marks of numbers and the order of dates
 * are those of the model, whatever the dataset's own reading. Rows without a target, or of a class that the model does not
 * know, are left out and counted. Throws `validation.unfit`.
 */
export async function readSet(
  { dataset, manifest }: DatasetOf,
  preparation: Preparation,
  ports: Lake,
  signal: AbortSignal,
): Promise<MeasurableRows> {
  const { target, inputs } = preparation;
  const kept = rowColumnsOf(preparation);
  const rows: ModelRows = {
    columns: [...inputs, ...kept.others],
    missingWords: preparation.missingWords,
    required: [target, ...inputs.map(({ name }) => name)],
  };
  const stored = await readAs({ dataset, manifest }, rows, ports, signal);
  const table = withWordsMissing(stored, missingWordsOf(preparation), target);
  return measurable(table, preparation, dataset);
}

/** The columns of the set that `rows` names, with their meaning there. Throws `validation.unfit`. */
export async function readAs(
  { dataset, manifest }: DatasetOf,
  rows: ModelRows,
  { objects, tables, limits }: Lake,
  signal: AbortSignal,
): Promise<Table> {
  const files = await segmentFiles(manifest, objects);
  const workspace = await tables.open({ reads: files, signal });
  try {
    const names = new Set(rows.columns.map(({ name }) => name));
    const paths: string[] = [];
    let columns: StoredColumn[] = [];
    for (const file of files) {
      const stored = await storeSegment(workspace, { file, fileName: dataset, limits }, rows);
      paths.push(stored.path);
      columns = stored.columns
        .filter(({ name }) => names.has(name))
        .map(({ name, type }) => ({ name, type }));
    }
    return await workspace.columns(paths, columns);
  } finally {
    await workspace.close();
  }
}

async function storeSegment(
  workspace: Workspace,
  request: { file: string; fileName: string; limits: JobPorts['limits'] },
  rows: ModelRows,
) {
  try {
    return await storeModelRows(workspace, request, rows);
  } catch (error) {
    if (!isFailure(error) || !error.code.startsWith('file.')) throw error;
    const reason = error.message.replace(/\.$/, '');
    throw fail('validation.unfit', { dataset: request.fileName, reason }, { cause: error });
  }
}

/** What is needed to tell whether a row has an outcome that the model can be measured by. */
type Outcomes = Pick<Preparation, 'target' | 'classes' | 'missingWords'>;

/** The rows with a target that the model knows. Throws `validation.unfit` where there is none. */
export function measurable(table: Table, preparation: Outcomes, dataset: string): MeasurableRows {
  const encoded = encodeTarget(preparation, table);
  const known = Int32Array.from(encoded.keys()).filter((row) => !Number.isNaN(encoded[row]!));
  const missingTarget = missingIn(table, preparation);
  const leftOut = { missingTarget, unknownClass: table.rows - known.length - missingTarget };
  if (known.length === 0) {
    const reason = `none of its ${table.rows} rows has a value for ${preparation.target} that the model knows`;
    throw fail('validation.unfit', { dataset, reason });
  }
  if (known.length === table.rows) return { table, target: encoded, leftOut };
  const taken = takeRows(table, known);
  return { table: taken, target: encodeTarget(preparation, taken), leftOut };
}

/** Words that mean a missing value are one in a target too, unless they are a class. */
function missingIn(table: Table, { target, classes, missingWords = [] }: Outcomes): number {
  const column = columnNamed(table, target);
  if (column === undefined) return table.rows;
  if (column.type !== 'string') return column.values.filter((value) => Number.isNaN(value)).length;
  const words = new Set(missingWords.filter((word) => !classes.includes(word)));
  const isMissing = column.dictionary.map((text) => isMissingWord(text, words) && !classes.includes(text));
  return column.codes.filter((code) => code < 0 || isMissing[code]).length;
}
