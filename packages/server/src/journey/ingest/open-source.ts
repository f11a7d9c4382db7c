import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { IngestFinding, ReadOptions } from '@slipway/contract';
import { fail } from '@slipway/contract';
import { NORMAL_DIALECT, normaliseDelimited, transcoded } from './delimited/normalise.ts';
import { type ByteSurvey, surveyBytes } from './delimited/survey-bytes.ts';
import type { FileFormat, Lineage } from './model.ts';
import type { RawColumn, TableSource, Workspace } from './ports.ts';
import { INGEST_LIMITS, type IngestLimits, MISSING_WORDS, UNPACKED_FREELY_BYTES } from './settings.ts';
import { contentFormat } from './sniff/content-format.ts';
import { hasDecimalComma } from './sniff/decimal-comma.ts';
import { type DelimitedShape, sniffDelimited } from './sniff/delimited-shape.ts';
import { type Encoding, sniffEncoding } from './sniff/encoding.ts';
import { looksLikeHeader, uniqueNames } from './sniff/header.ts';
import { jsonForm } from './sniff/json-form.ts';

export type SourceColumn = RawColumn & {
  name: string;
  /** Some of its values, of delimited text: the fields of the first records. */
  sample: string[] | null;
  /** Whether it only counts or names the rows, by its place and its header. */
  isIndex?: boolean;
};

/** A file understood: where the engine reads it, its columns, and what to tell the user. */
export type OpenSource = {
  table: TableSource;
  columns: SourceColumn[];
  decimal: '.' | ',';
  lineage: Lineage;
  findings: IngestFinding[];
  /** Lines of the file (from 1) of data rows (from 0); null where the format has none. */
  linesOf: (rows: readonly number[]) => Promise<(number | null)[]>;
  /** Of delimited text that the engine could not read as it is: a plain copy. Throws what is wrong with it. */
  normalised?: () => Promise<TableSource>;
};

export type FileToRead = { file: string; fileName: string; options?: ReadOptions; limits?: IngestLimits };

/**
 * Finds out what a file is, by its content, and makes it readable for the engine: unpacked, in UTF-8. Throws
 * `file.empty`, `file.no-rows`, `file.binary`, `file.unreadable`, `file.unpacks-too-large`, `file.too-many-columns`.
 */
export async function openSource(workspace: Workspace, request: FileToRead): Promise<OpenSource> {
  const limits = request.limits ?? INGEST_LIMITS;
  const unpacked = await unpack(workspace, request, limits);
  const lineage = (as: FileFormat): Lineage => ({
    source: request.fileName,
    sourceSha256: unpacked.source.sha256,
    sourceBytes: unpacked.source.bytes,
    format: as,
  });
  if (unpacked.format === 'parquet') return typedSource(workspace, unpacked.path, lineage('parquet'), limits);
  return textSource(workspace, request, unpacked, limits, lineage);
}

/** `source` is what a pass over the given bytes tells, `content` over the unpacked ones at `path`. */
type Unpacked = { path: string; source: ByteSurvey; content: ByteSurvey; format: 'parquet' | 'text' };

async function unpack(workspace: Workspace, request: FileToRead, limits: IngestLimits): Promise<Unpacked> {
  const { file, fileName } = request;
  const source = await surveyBytes(workspace.read(file));
  const outer = contentFormat(await headOf(workspace, file, 64), fileName);
  if (outer === 'empty') throw fail('file.empty', { file: fileName });
  if (outer !== 'gzip') return { path: file, source, content: source, format: outer };
  const path = await workspace.write(
    'unpacked',
    gunzipped(workspace.read(file), fileName, unpackedLimit(source, limits)),
  );
  const format = contentFormat(await headOf(workspace, path, 64), fileName);
  if (format === 'empty') throw fail('file.empty', { file: fileName });
  if (format === 'gzip') throw unreadable(fileName, 'gzip', 'it is compressed twice');
  return { path, source, content: await surveyBytes(workspace.read(path)), format };
}

async function textSource(
  workspace: Workspace,
  request: FileToRead,
  { path, content }: Unpacked,
  limits: IngestLimits,
  lineage: (format: FileFormat) => Lineage,
): Promise<OpenSource> {
  const { fileName } = request;
  const head = await headOf(workspace, path, limits.headBytes + 1);
  const complete = head.length <= limits.headBytes;
  const sniffed = sniffEncoding(head, fileName);
  const encoding = wholeFileEncoding(sniffed.encoding, content, fileName);
  const text = new TextDecoder(encoding).decode(head, { stream: !complete });
  if (text.trim() === '') throw fail('file.empty', { file: fileName });
  const json = jsonForm(text, fileName);
  if (json !== null) {
    const plain = encoding === 'utf-8' && !sniffed.byteOrderMark;
    const utf8 = plain ? path : await workspace.write('utf8', transcoded(workspace.read(path), encoding));
    const parquet = await workspace.convertJson(utf8, json);
    return typedSource(workspace, parquet, lineage(json), limits);
  }
  // A line longer than the engine's buffers is lost without a word when it is the last one.
  const shortLines = content.longestLine < limits.maxRecordCharacters;
  const asIs = encoding === 'utf-8' && !sniffed.byteOrderMark && /^[^\r\n]/.test(text) && shortLines;
  return delimitedSource(
    workspace,
    request,
    { path, text, complete, encoding, asIs },
    limits,
    lineage('csv'),
  );
}

/** The encoding that the whole file bears out: bytes that are no UTF-8 far down make it Windows-1252. */
function wholeFileEncoding(sniffed: Encoding, bytes: ByteSurvey, file: string): Encoding {
  if (sniffed.startsWith('utf-16')) return sniffed;
  if (bytes.hasNul) throw unreadable(file, 'text', 'it holds NUL bytes');
  return bytes.utf8 ? 'utf-8' : 'windows-1252';
}

type DelimitedText = { path: string; text: string; complete: boolean; encoding: Encoding; asIs: boolean };

async function delimitedSource(
  workspace: Workspace,
  request: FileToRead,
  input: DelimitedText,
  limits: IngestLimits,
  lineage: Lineage,
): Promise<OpenSource> {
  const { fileName: file, options = {} } = request;
  const { maxRecordCharacters } = limits;
  const shape = sniffDelimited(input.text, {
    file,
    complete: input.complete,
    asked: options.delimiter,
    maxRecordCharacters,
  });
  if (shape.records.length === 0) {
    throw unreadable(
      file,
      'delimited text',
      `its first record is longer than ${limits.headBytes} bytes or never ends`,
    );
  }
  const header = options.header === undefined ? looksLikeHeader(shape.records) : options.header !== false;
  const { columns, notes, data } = delimitedColumns(shape, header, limits, file);
  if (input.complete && data.length === 0) throw fail('file.no-rows', { file });
  const decimal = options.decimal ?? (hasDecimalComma(shape.dialect.delimiter, data) ? ',' : '.');
  const shared = {
    format: 'delimited',
    header,
    columns: columns.length,
    missingWords: MISSING_WORDS,
  } as const;
  const normalised = async (): Promise<TableSource> => {
    const chunks = normaliseDelimited(workspace.read(input.path), {
      file,
      encoding: input.encoding,
      dialect: shape.dialect,
      columns: columns.length,
      maxRecordCharacters,
    });
    return { ...shared, ...NORMAL_DIALECT, path: await workspace.write('normalised.csv', chunks) };
  };
  const findings = notes.map(noteAsFinding);
  const linesOf = async (rows: readonly number[]) => rows.map((row) => row + (header ? 2 : 1));
  const source = { columns, decimal, lineage, findings, linesOf } as const;
  if (!input.asIs) return { ...source, table: await normalised() };
  return { ...source, table: { ...shared, ...shape.dialect, path: input.path }, normalised };
}

function delimitedColumns(shape: DelimitedShape, header: boolean, limits: IngestLimits, file: string) {
  const first = shape.records[0]!;
  if (first.length > limits.maxColumns) throw tooManyColumns(file, first.length, limits);
  const cells = header ? first : first.map(() => '');
  const { names, notes } = uniqueNames(cells);
  const data = header ? shape.records.slice(1) : shape.records;
  const columns: SourceColumn[] = names.map((name, i) => ({
    name,
    path: [`c${i}`],
    kind: 'text',
    sample: data.map((record) => record[i] ?? ''),
  }));
  const unnamed = 'The first line holds data, so the columns are named column_1, column_2, … .';
  return { columns, data, notes: header ? notes : [unnamed] };
}

async function typedSource(
  workspace: Workspace,
  path: string,
  lineage: Lineage,
  limits: IngestLimits,
): Promise<OpenSource> {
  const table: TableSource = { format: 'parquet', path };
  const raw = await workspace.describe(table);
  if (raw.length > limits.maxColumns) throw tooManyColumns(lineage.source, raw.length, limits);
  const { names, notes } = uniqueNames(raw.map((column) => column.path.join('.')));
  const columns = raw.map((column, i) => ({ ...column, name: names[i]!, sample: null }));
  const nested = columns.filter((column) => column.kind === 'nested').map((column) => column.name);
  if (nested.length > 0) notes.push(`Lists are kept as JSON text: ${nested.join(', ')}.`);
  return {
    table,
    columns,
    decimal: '.',
    lineage,
    findings: notes.map(noteAsFinding),
    linesOf: async (rows) => rows.map(() => null),
  };
}

async function headOf(workspace: Workspace, path: string, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of workspace.read(path, { limitBytes })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A few kilobytes can be made to unpack to gigabytes; tables are packed to a tenth, seldom to less than a fiftieth. */
function unpackedLimit({ bytes }: ByteSurvey, { maxUnpackedBytes, maxUnpackedRatio }: IngestLimits): number {
  return Math.min(maxUnpackedBytes, Math.max(UNPACKED_FREELY_BYTES, bytes * maxUnpackedRatio));
}

async function* gunzipped(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  pipeline(chunks, gunzip, () => {}); // a failure surfaces where the output is read, below
  let bytes = 0;
  try {
    for await (const chunk of gunzip) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw fail('file.unpacks-too-large', { file, limitBytes });
      yield chunk;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    throw fail(
      'file.unreadable',
      { file, format: 'gzip', reason: (error as Error).message },
      { cause: error },
    );
  }
}

function tooManyColumns(file: string, columns: number, limits: IngestLimits) {
  return fail('file.too-many-columns', { file, columns, limit: limits.maxColumns });
}

function unreadable(file: string, format: string, reason: string) {
  return fail('file.unreadable', { file, format, reason });
}

function noteAsFinding(message: string): IngestFinding {
  return { code: 'renamed-column', severity: 'info', message };
}
