import { fail } from '@slipway/contract';
import type { StoredColumn } from '../../stages/ingest/index.ts';
import type { JobHandler, JobPorts, JobRun } from '../jobs/job-ports.ts';
import { observeTables } from '../jobs/observe-tables.ts';
import type { ModelRows } from '../jobs/wanted-table.ts';
import type { BatchInput, StageProgress } from '../model.ts';
import { fileStem } from '../start/file-stem.ts';
import { placeName, rejectDuplicateColumns } from './answer-columns.ts';
import { type BatchSource, openBatchSource } from './batch-source.ts';
import { checkRows } from './check-rows.ts';
import type { BatchPredictor } from './model.ts';
import { openPredictor } from './open-predictor.ts';
import { partsOf, predictParts } from './predict-parts.ts';
import { type Matched, matchColumns } from './wanted-columns.ts';
import { checkWhole, wholeFinding } from './whole-request.ts';

/**
 * Predicts every row of a file or a dataset version with a model version, in this process: nothing passes through an endpoint,
 * so nothing is logged or counted there. Memory does not grow with the rows.
 *
 * Answers are kept part by part; a job whose process died goes on behind the last part, and each row is in the result
 * once, at its place.
 */
export const batchJob: JobHandler<'batch'> = async (input, ports, run) => {
  const predictor = await openPredictor(input, ports);
  try {
    rejectDuplicateColumns(predictor.answers, input.format);
    const source = await observedSource(input, predictor.rows, ports, run);
    const kept = keptColumns(input.keep, source.columns, predictor.answers);
    const matched = await fittingColumns(source, predictor, ports, run.signal);
    const parts = partsOf(source, predictor.partRows);
    if (predictor.whole !== undefined)
      checkWhole(input.model.name, source.rows, predictor.whole, parts.length);
    const done = (rows: number) => run.news(newsOf(rows, source.rows));
    const answers = await predictParts({ parts, matched, predictor, signal: run.signal, done }, ports);
    return await writeResult({ input, source, kept, answers, predictor }, ports, run);
  } finally {
    predictor.close();
  }
};

/** The rows, and news of how far the reading of a file is. */
async function observedSource(
  input: BatchInput,
  model: ModelRows,
  ports: JobPorts,
  { news, signal }: JobRun,
): Promise<BatchSource> {
  const observer = observeTables(ports.tables, news, ports.clock);
  try {
    return await openBatchSource(input, model, { ...ports, tables: observer.tables }, signal);
  } finally {
    observer.stop();
  }
}

/** The columns of the source that go into the result. Throws `request.invalid` when one has the name of an answer. */
function keptColumns(
  keep: BatchInput['keep'],
  columns: readonly StoredColumn[],
  answers: readonly StoredColumn[],
): StoredColumn[] {
  const kept =
    keep === 'none'
      ? []
      : keep === 'all'
        ? [...columns]
        : [...new Set(keep)].map((name) => columnNamed(columns, name));
  const taken = new Set(answers.map(({ name }) => name.toLowerCase()));
  const twice = kept.find(({ name }) => taken.has(name.toLowerCase()));
  if (twice === undefined) return kept;
  const reason = `the rows have a column ${twice.name} already, which an answer is called; keep other columns`;
  throw fail('request.invalid', { reason }, { path: 'keep' });
}

function columnNamed(columns: readonly StoredColumn[], name: string): StoredColumn {
  const column = columns.find((one) => one.name === name);
  if (column !== undefined) return column;
  throw fail('request.invalid', { reason: `there is no column ${name} to keep` }, { path: 'keep' });
}

async function fittingColumns(
  source: BatchSource,
  { inputs }: BatchPredictor,
  { tables }: JobPorts,
  signal: AbortSignal,
): Promise<Matched[]> {
  const matched = matchColumns(inputs, source.columns);
  const workspace = await tables.open({ reads: source.files.map(({ path }) => path), signal });
  try {
    await checkRows(workspace, source, matched);
    return matched;
  } finally {
    await workspace.close();
  }
}

function newsOf(rows: number, all: number): StageProgress {
  return {
    stage: 'serve',
    state: 'running',
    says: `${rows} of ${all} rows`,
    progress: rows / all,
    seconds: null,
    facts: { rows, of: all },
  };
}

type Result = {
  input: BatchInput;
  source: BatchSource;
  kept: readonly StoredColumn[];
  answers: readonly string[];
  predictor: BatchPredictor;
};

async function writeResult(
  { input, source, kept, answers, predictor }: Result,
  ports: JobPorts,
  { signal }: JobRun,
) {
  const files = source.files.map(({ path }) => path);
  const workspace = await ports.tables.open({ reads: [...files, ...answers], signal });
  try {
    const left = { files, columns: kept.map((column) => besideOf(column, predictor)) };
    const named = predictor.answers.map(({ name, ...column }, i) => ({
      ...{ ...column, name: placeName(i) },
      as: name,
    }));
    const right = { files: answers, columns: named };
    const { path, rows } = await workspace.writeBeside({ left, right }, input.format);
    if (rows !== source.rows) throw new Error(`${source.rows} rows went in and ${rows} came out`);
    const stored = await ports.objects.putFile(path);
    const filename = `${stemOf(input)}.predictions.${input.format}`;
    const whole = predictor.whole === undefined ? [] : [wholeFinding(rows, predictor.whole)];
    return { ...stored, rows, filename, warnings: [...source.warnings, ...whole] };
  } finally {
    await workspace.close();
  }
}

/** A column of the rows in the result. Whole numbers that were read as text, for their digits, are numbers there. */
function besideOf(column: StoredColumn, { longs }: BatchPredictor) {
  const whole = column.type === 'string' ? longs?.get(column.name) : undefined;
  return { ...column, as: column.name, ...(whole && { whole }) };
}

function stemOf({ source }: BatchInput): string {
  return 'file' in source ? fileStem(source.file.filename) : `${source.dataset}-${source.version}`;
}
