import {
  type FailureData,
  fail,
  failureFrom,
  type IngestFinding,
  type PredictResponse,
  warningsOf,
} from '@slipway/contract';
import type { Column, Table } from '../../journey/ingest/index.ts';
import type { AnyManifest } from '../../journey/pack/index.ts';
import type { PredictFileInput, StageNews } from '../model.ts';
import { askPatiently } from './ask-patiently.ts';
import { cellValue } from './cells.ts';
import type { JobHandler, JobPorts, JobRun } from './job-ports.ts';
import { observeTables } from './observe-tables.ts';
import { fileWriter } from './prediction-file.ts';
import { type ModelRows, modelRows, storeModelRows } from './wanted-table.ts';
import { partsBefore, readParts, rowsOfPart, type WrittenParts } from './written-parts.ts';

const ROWS_A_CALL = 500;
/** As many as an endpoint explains at once. */
const EXPLAINED_A_CALL = 50;

/**
 * Predicts every row of a file through the endpoint, so that each prediction is logged and has an id, and writes the
 * file's rows with the answers beside them. The file is read as the training table was; columns that this lacked are kept but
 * not sent.
 *
 * What was predicted is stored part by part, and a job whose worker died goes on behind the last part, so that rows are
 * not predicted and logged again; those of the part that was under way are.
 */
export const predictFileJob: JobHandler<'predict-file'> = async (input, ports, run) => {
  const rows = await rowsOfModel(input, ports);
  const { table, warnings } = await tableOf(input, rows, ports, run);
  const known = new Set(rows.columns.map(({ name }) => name));
  const columns = table.columns.filter(({ name }) => known.has(name));
  const write = fileWriter(input.format, table);
  const written = await partsBefore(run.former, ports.objects);
  const rowsACall = input.explain === true ? EXPLAINED_A_CALL : ROWS_A_CALL;
  const partRows = rowsOfPart(table.rows, rowsACall);
  const url = `${ports.predictUrl(input.endpoint)}${input.explain === true ? '?explain=true' : ''}`;
  const answer = (from: number, to: number) =>
    askPatiently(() => predict(url, ports, rowsOf(columns, from, to), from, run.signal), run.signal);
  while (written.rows < table.rows) {
    const end = Math.min(table.rows, written.rows + partRows);
    const part: Uint8Array[] = [];
    for (let from = written.rows; from < end; from += rowsACall)
      part.push(write(from, await answer(from, Math.min(end, from + rowsACall))));
    written.parts.push((await ports.objects.put(Buffer.concat(part))).sha256);
    written.rows = end;
    run.news(newsOf(written, table.rows));
  }
  const stored = await ports.objects.put(readParts(written, ports.objects));
  const stem = input.file.filename.replace(/(\.\w+)+$/, '');
  return { ...stored, rows: table.rows, filename: `${stem}.predictions.${input.format}`, warnings };
};

function newsOf({ rows, parts }: WrittenParts, all: number): StageNews {
  return {
    stage: 'serve',
    state: 'running',
    says: `${rows} of ${all} rows`,
    progress: rows / all,
    seconds: null,
    facts: { rows, parts: [...parts], rowsDone: rows, totalRows: all },
  };
}

async function rowsOfModel({ bundleId, endpoint }: PredictFileInput, ports: JobPorts): Promise<ModelRows> {
  const { files } = await ports.bundles.open(bundleId);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as AnyManifest;
  return modelRows(manifest, endpoint);
}

async function tableOf(
  { file, read }: PredictFileInput,
  rows: ModelRows,
  { objects, tables, limits, clock }: JobPorts,
  { former, news, signal }: JobRun,
): Promise<{ table: Table; warnings: IngestFinding[] }> {
  const path = await objects.localPath(file.sha256);
  // What a former life told names the parts that it wrote: progress of reading must not take its place.
  const observer = observeTables(tables, former === null ? news : () => {}, clock);
  const workspace = await observer.tables.open({ reads: [path], signal });
  try {
    const request = {
      file: path,
      fileName: file.filename,
      limits,
      ...(read !== undefined && { options: read }),
    };
    const stored = await storeModelRows(workspace, request, rows);
    if (stored.rows === 0) throw fail('file.no-rows', { file: file.filename });
    // As they are written: the endpoint knows which words are missing values.
    const columns = stored.columns.map(({ name, type }) => ({ name, type }));
    const table = await workspace.columns([stored.path], columns);
    return { table, warnings: warningsOf(stored.report) };
  } finally {
    observer.stop();
    await workspace.close();
  }
}

function rowsOf(columns: readonly Column[], from: number, to: number): Record<string, unknown>[] {
  return Array.from({ length: to - from }, (_, index) =>
    Object.fromEntries(columns.map((column) => [column.name, cellValue(column, from + index)])),
  );
}

async function predict(
  url: string,
  ports: JobPorts,
  rows: readonly Record<string, unknown>[],
  offset: number,
  signal: AbortSignal,
): Promise<PredictResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${ports.platformToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rows }),
    signal,
  });
  const body: unknown = await response.json();
  if (response.ok) return body as PredictResponse;
  const problem = body as FailureData & { detail: string };
  if (typeof problem.code !== 'string') throw fail('endpoint.not-ready', { name: url });
  const path = problem.path?.replace(/^rows\[(\d+)\]/, (_, row: string) => `rows[${Number(row) + offset}]`);
  const told = { ...problem, message: problem.detail, details: problem.details ?? {} };
  throw failureFrom(path === undefined ? told : { ...told, path });
}
