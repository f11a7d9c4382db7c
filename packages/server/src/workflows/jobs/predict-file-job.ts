import { isFailure, type PredictResponse } from '@slipway/contract';
import type { Column, StoredColumn, Table, Workspace } from '../../stages/ingest/index.ts';
import type { AnyManifest } from '../../stages/pack/index.ts';
import { checkWhole, reasonToStayWhole, wholeFinding } from '../batch/whole-request.ts';
import type { PredictFileInput, StageProgress } from '../model.ts';
import { fileStem } from '../start/file-stem.ts';
import { askEndpoint } from './ask-endpoint.ts';
import { cellValue } from './cells.ts';
import { ofFileRow } from './file-row-failures.ts';
import type { JobHandler, JobPorts, JobRun } from './job-ports.ts';
import { type LongType, longColumns, longInteger } from './long-integers.ts';
import { observeTables } from './observe-tables.ts';
import { predictAhead } from './predict-ahead.ts';
import { fileWriter } from './prediction-file.ts';
import { retryWhileBusy } from './retry-while-busy.ts';
import { type RowsOfFile, rowsOfFile } from './rows-of-file.ts';
import { readSlices, rowsFrom } from './table-slices.ts';
import { type ModelRows, modelRows } from './wanted-table.ts';
import { partsBefore, readParts, rowsOfPart, type WrittenParts } from './written-parts.ts';

const ROWS_A_CALL = 500;
/** As many as an endpoint explains at once. */
const EXPLAINED_A_CALL = 50;

/**
 * Predicts every row of a file through the endpoint, so that each prediction is logged and has an id, and writes the
 * file's rows with the answers beside them. The file is read as the training table was; columns that this lacked are kept but
 * not sent. Rows are read, sent and written slice by slice: memory does not grow with the file.
 *
 * What was predicted is stored part by part, and a job whose worker died goes on behind the last part, so that rows are
 * not predicted and logged again; those of the part that was under way are.
 */
export const predictFileJob: JobHandler<'predict-file'> = async (input, ports, run) => {
  if ('ahead' in input) return predictAhead(input, ports, run.signal);
  const manifest = await manifestOf(input, ports);
  const model = modelRows(manifest, input.endpoint);
  const whole = reasonToStayWhole(manifest, input.rowsIndependent);
  const longs = longColumns(manifest);
  const source = await sourceOf(input, model, ports, run);
  if (whole !== undefined) checkWhole(input.endpoint, source.rows, whole);
  const written = await partsBefore(run.former, ports.objects);
  const mostACall = input.explain === true ? EXPLAINED_A_CALL : ROWS_A_CALL;
  const rowsACall = whole === undefined ? mostACall : Math.max(1, source.rows);
  const partRows = rowsOfPart(source.rows, rowsACall);
  const workspace = await ports.tables.open({ reads: [source.path], signal: run.signal });
  try {
    const calls = callsOf(
      { input, model, longs, source, rowsACall, from: written.rows },
      workspace,
      ports,
      run,
    );
    while (written.rows < source.rows) {
      const end = Math.min(source.rows, written.rows + partRows);
      written.parts.push((await ports.objects.put(linesUpTo(end, calls))).sha256);
      written.rows = end;
      run.news(newsOf(written, source.rows));
    }
  } finally {
    await workspace.close();
  }
  const stored = await ports.objects.put(readParts(written, ports.objects));
  const stem = fileStem(input.file.filename);
  const filename = `${stem}.predictions.${input.format}`;
  const warnings = [...source.warnings, ...(whole === undefined ? [] : [wholeFinding(source.rows, whole)])];
  return { ...stored, rows: source.rows, filename, warnings };
};

type OfFile = Extract<PredictFileInput, { file: unknown }>;

/** The lines of some rows with their answers; `to` is the place behind the last row. */
type Predicted = { to: number; lines: Uint8Array };

type Work = {
  input: OfFile;
  model: ModelRows;
  longs: ReadonlyMap<string, LongType>;
  source: RowsOfFile;
  rowsACall: number;
  /** The place of the first row to predict. */
  from: number;
};

/** Predicts call by call, in the order of the rows. */
async function* callsOf(
  { input, model, longs, source, rowsACall, from }: Work,
  workspace: Workspace,
  ports: JobPorts,
  { signal }: JobRun,
): AsyncGenerator<Predicted, void, undefined> {
  const known = new Set(model.columns.map(({ name }) => name));
  // As they are written: the endpoint knows which words are missing values.
  const columns = source.columns.map(({ name, type }): StoredColumn => ({ name, type }));
  const valuesAt = (first: number) => (column: Column, row: number) => valueIn(column, row, { first, longs });
  const url = `${ports.predictUrl(input.endpoint)}${input.explain === true ? '?explain=true' : ''}`;
  const slices = readSlices(
    workspace,
    { file: source.path, rows: source.rows, columns },
    { from, rowsACall },
  );
  for await (const { table, first } of slices) {
    const sent = table.columns.filter(({ name }) => known.has(name));
    for (let at = 0; at < table.rows; at += rowsACall) {
      const rows = rowsFrom(table, at, rowsACall);
      const toValue = valuesAt(first + at);
      const write = fileWriter(input.format, toValue);
      const body = rowsOf(rowsFrom({ rows: table.rows, columns: sent }, at, rowsACall), toValue);
      const response = await retryWhileBusy(() => predict(url, ports, body, first + at, signal), signal);
      yield { to: first + at + rows.rows, lines: write(rows, response, first + at === 0) };
    }
  }
}

/** The lines of the calls up to the row `end`, where one of them ends. */
async function* linesUpTo(
  end: number,
  calls: AsyncGenerator<Predicted, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const next = await calls.next();
    if (next.done) return;
    yield next.value.lines;
    if (next.value.to >= end) return;
  }
}

function newsOf({ rows, parts }: WrittenParts, all: number): StageProgress {
  return {
    stage: 'serve',
    state: 'running',
    says: `${rows} of ${all} rows`,
    progress: rows / all,
    seconds: null,
    facts: { rows, parts: [...parts], rowsDone: rows, totalRows: all },
  };
}

async function manifestOf({ bundleId }: PredictFileInput, ports: JobPorts): Promise<AnyManifest> {
  const { files } = await ports.bundles.open(bundleId);
  return JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as AnyManifest;
}

/** The rows of the file, stored; says how far reading is. */
async function sourceOf(
  input: OfFile,
  model: ModelRows,
  ports: JobPorts,
  { former, news, signal }: JobRun,
): Promise<RowsOfFile> {
  // What a former life told names the parts that it wrote: progress of reading must not take its place.
  const observer = observeTables(ports.tables, former === null ? news : () => {}, ports.clock);
  try {
    return await rowsOfFile(input, model, { ...ports, tables: observer.tables }, signal);
  } finally {
    observer.stop();
  }
}

function rowsOf(
  { rows, columns }: Table,
  toValue: (column: Column, row: number) => unknown,
): Record<string, unknown>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.name, toValue(column, row)])),
  );
}

/** A cell as the endpoint takes it; `first` is the place of the first row in the file, for failures. */
function valueIn(
  column: Column,
  row: number,
  { first, longs }: { first: number; longs: ReadonlyMap<string, LongType> },
): ReturnType<typeof cellValue> | bigint {
  const value = cellValue(column, row);
  const type = longs.get(column.name);
  if (type === undefined || value === null) return value;
  return longInteger(String(value), { type, path: `rows[${first + row}].${column.name}` });
}

async function predict(
  url: string,
  ports: JobPorts,
  rows: readonly Record<string, unknown>[],
  offset: number,
  signal: AbortSignal,
): Promise<PredictResponse> {
  return askEndpoint(url, ports, { rows }, signal).catch((error: unknown) => {
    throw isFailure(error) ? ofFileRow(error, offset) : error;
  });
}
