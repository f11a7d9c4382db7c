import { fail, type IngestFinding, isFailure } from '@slipway/contract';
import { type Decoding, decoded, transcoded } from './delimited/decode.ts';
import { JsonColumns, MemberList, MemberRows } from './json/json-columns.ts';
import { JsonOutline } from './json/json-outline.ts';
import { ArrayRows, headerNames, ObjectRows, type OnJsonRow, objectPlace } from './json/json-rows.ts';
import { type JsonHandler, JsonScanner } from './json/json-scanner.ts';
import { type JsonShape, shapeByStart, shapeOfObject } from './json/json-shape.ts';
import { surveyJson } from './json/json-survey.ts';
import type { ExpectedTable, FileForm, FileFormat, Lineage } from './model.ts';
import { typedSource } from './open-typed.ts';
import type { ConvertedJson, Workspace } from './ports.ts';
import { refuseValues } from './refuse-values.ts';
import type { IngestLimits } from './settings.ts';
import type { OpenSource } from './source-model.ts';

type JsonText = {
  path: string;
  /** The first characters; all of them where `complete`. */
  text: string;
  complete: boolean;
  decoding: Decoding;
  byteOrderMark: boolean;
};

type Opening = {
  workspace: Workspace;
  file: string;
  limits: IngestLimits;
  lineage: (format: FileFormat) => Lineage;
  expects: ExpectedTable | undefined;
};

/**
 * JSON as a source: an array of objects and an object a line as they are, other forms that hold a table written anew as an
 * object a line, the text of values unchanged. Throws `file.unreadable`, `file.ragged`, `file.too-many-columns`,
 * `file.too-many-values`, `file.too-complex`.
 */
export async function openJson(input: JsonText, opening: Opening): Promise<OpenSource> {
  const { file, limits } = opening;
  const { text, complete } = input;
  const start = shapeByStart({ file, text, complete, maxValueCharacters: limits.maxJsonValueCharacters });
  const outline = new JsonOutline();
  if (start === null) await scan(input, opening, outline);
  const shape = start ?? shapeOfObject(outline, file, opening.expects);
  const converted =
    shape.form === 'array' || shape.form === 'lines'
      ? await asIs(input, opening, shape.form)
      : await rewritten(input, opening, { shape, outline });
  const format = shape.form === 'lines' || (shape.form === 'objects' && start !== null) ? 'ndjson' : 'json';
  const table = { format: 'parquet', path: converted.path } as const;
  const source = typedSource(table, converted.columns, opening.lineage(format), limits);
  source.findings.unshift(...shapeFindings(shape, outline));
  const form = { format, encoding: input.decoding.encoding, ...formOf(shape) } as const;
  return { ...source, form, linesOf: (rows) => linesOf(input, opening, shape, rows) };
}

function formOf(shape: JsonShape): Pick<Extract<FileForm, { shape: string }>, 'shape' | 'path'> {
  return { shape: shape.form, ...(shape.form === 'within' && { path: shape.path }) };
}

/** By the engine alone; where that fails, once more without what it does not forgive, such as commas before brackets. */
async function asIs(input: JsonText, opening: Opening, form: 'array' | 'lines'): Promise<ConvertedJson> {
  const { workspace } = opening;
  const plain = input.decoding.encoding === 'utf-8' && !input.decoding.repair && !input.byteOrderMark;
  const path = plain
    ? input.path
    : await workspace.write('utf8', transcoded(workspace.read(input.path), input.decoding));
  await refuseBeyond(path, form === 'array' ? 1 : 0, opening);
  try {
    return await workspace.convertJson(path, form === 'array' ? 'json' : 'ndjson');
  } catch (error) {
    if (!isFailure(error, 'file.unreadable')) throw error;
    const shape: JsonShape = form === 'array' ? { form } : { form: 'objects' };
    const rows = await written(input, opening, { shape, outline: null }).catch((second: unknown) => {
      // Of an array the engine only knows the number of the value, of lines the line.
      throw form === 'array' ? second : error;
    });
    await refuseBeyond(rows, 0, opening);
    return workspace.convertJson(rows, 'ndjson').catch(() => {
      throw error;
    });
  }
}

type Reading = { shape: JsonShape; outline: JsonOutline | null };

async function rewritten(input: JsonText, opening: Opening, reading: Reading): Promise<ConvertedJson> {
  const rows = await written(input, opening, reading);
  await refuseBeyond(rows, 0, opening);
  return opening.workspace.convertJson(rows, 'ndjson');
}

/** Before the engine makes a value of each key for each row. */
async function refuseBeyond(
  path: string,
  rowDepth: number,
  { workspace, file, limits, lineage }: Opening,
): Promise<void> {
  const { maxColumns: columns, maxJsonDepth: depth, maxListedKeys: listedKeys } = limits;
  const survey = { file, rowDepth, limits: { columns, depth, listedKeys } };
  const { sourceBytes: bytes } = lineage('json');
  refuseValues(await surveyJson(workspace.read(path), survey), { file, bytes, limits });
}

/** A file with an object a line. */
function written(input: JsonText, opening: Opening, reading: Reading): Promise<string> {
  return opening.workspace.write('rows.ndjson', asBytes(rowsOf(input, opening, reading)));
}

const ROWS_A_CHUNK = 1_000;

async function* asBytes(rows: AsyncIterable<{ row: string }>): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  for await (const { row } of rows) {
    lines.push(row, '\n');
    if (lines.length < ROWS_A_CHUNK) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  if (lines.length > 0) yield Buffer.from(lines.join(''));
}

type JsonRow = { row: string; line: number | null };

/** The rows of a document as objects, with their lines where they have some. */
async function* rowsOf(
  input: JsonText,
  opening: Opening,
  { shape, outline }: Reading,
): AsyncGenerator<JsonRow> {
  const { file, workspace, limits } = opening;
  if (shape.form === 'columns' || shape.form === 'lists') {
    const labels = shape.form === 'columns' && outline?.members[0]?.outline?.isNumbered === false;
    const columns = new JsonColumns({ labels });
    await refuseLarge(input, opening);
    await scan(input, opening, columns);
    for (const row of columns.rows(file)) yield { row, line: null };
    return;
  }
  const rows: JsonRow[] = [];
  const onRow: OnJsonRow = (row, line) => rows.push({ row, line });
  const scanner = new JsonScanner(await rowHandler(input, opening, { shape, outline }, onRow), {
    file,
    maxValueCharacters: limits.maxJsonValueCharacters,
  });
  for await (const text of decoded(workspace.read(input.path), input.decoding)) {
    scanner.push(text);
    yield* rows.splice(0);
  }
  scanner.end();
  yield* rows;
}

async function rowHandler(
  input: JsonText,
  opening: Opening,
  { shape, outline }: Reading,
  onRow: OnJsonRow,
): Promise<JsonHandler> {
  const { file } = opening;
  switch (shape.form) {
    case 'arrays':
      return new ArrayRows({ members: null, rowDepth: shape.isLines ? 0 : 1, names: null }, file, onRow);
    case 'split': {
      const header = new MemberList(shape.header);
      await scan(input, opening, header);
      const members = { header: shape.header, rows: shape.rows };
      return new ArrayRows({ members, rowDepth: 2, names: headerNames(header.values, file) }, file, onRow);
    }
    case 'rows':
      return new MemberRows({ labels: outline?.isNumbered === false }, onRow);
    default:
      return new ObjectRows(objectPlace(shape), file, onRow);
  }
}

async function refuseLarge(input: JsonText, { workspace, limits, file }: Opening): Promise<void> {
  let bytes = 0;
  for await (const chunk of workspace.read(input.path)) {
    bytes += chunk.length;
    if (bytes <= limits.maxTransposedBytes) continue;
    const reason = `a document of columns is read up to ${limits.maxTransposedBytes} bytes. Write one object a line (\`to_json(orient="records", lines=True)\` in pandas)`;
    throw fail('file.unreadable', { file, format: 'JSON', reason });
  }
}

async function scan(input: JsonText, opening: Opening, handler: JsonHandler): Promise<void> {
  const { workspace, file, limits } = opening;
  const scanner = new JsonScanner(handler, { file, maxValueCharacters: limits.maxJsonValueCharacters });
  for await (const text of decoded(workspace.read(input.path), input.decoding)) scanner.push(text);
  scanner.end();
}

async function linesOf(
  input: JsonText,
  opening: Opening,
  shape: JsonShape,
  wanted: readonly number[],
): Promise<(number | null)[]> {
  const hasLines = shape.form === 'lines' || shape.form === 'objects';
  const last = Math.max(-1, ...wanted);
  const lines = new Map<number, number>();
  if (hasLines && last >= 0) {
    let row = 0;
    for await (const { line } of rowsOf(input, opening, { shape: { form: 'objects' }, outline: null })) {
      if (line !== null) lines.set(row, line);
      if (row++ >= last) break;
    }
  }
  return wanted.map((row) => lines.get(row) ?? null);
}

const MESSAGES = {
  objects: 'The objects stand one after another, each a row.',
  arrays:
    'The document is made of arrays; the first one has the names of the columns where all of it is text, else the columns are named column_1, column_2, and so on.',
  columns:
    'The members of the document are columns, as pandas writes them (`to_json()`); their values are put side by side.',
  lists: 'The members of the document are columns, lists of as many values; they are put side by side.',
  rows: 'The members of the document are rows, as pandas writes them (`to_json(orient="index")`).',
  split:
    'The document has the names of the columns and the rows apart, as pandas writes them (`to_json(orient="split")`).',
} as const;

function shapeFindings(shape: JsonShape, outline: JsonOutline): IngestFinding[] {
  if (shape.form === 'array' || shape.form === 'lines') return [];
  const finding = (message: string): IngestFinding => ({ code: 'json-shape', severity: 'warning', message });
  if (shape.form === 'within') {
    const rest = shape.others.length === 0 ? '' : `; ${shape.others.join(', ').slice(0, 200)} left out`;
    return [finding(`The rows are the array ${shape.path.join('.')} of the document${rest}.`)];
  }
  const labels =
    (shape.form === 'columns' && outline.members[0]?.outline?.isNumbered === false) ||
    (shape.form === 'rows' && !outline.isNumbered);
  const more = labels ? ' The labels of the rows are kept as a column.' : '';
  const severity = shape.form === 'objects' ? 'info' : 'warning';
  return [{ ...finding(MESSAGES[shape.form] + more), severity }];
}
