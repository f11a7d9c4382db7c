import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fail, type IngestFinding, type ReadOptions } from '@slipway/contract';
import { type Decoding, textDecoder } from './delimited/decode.ts';
import { type ByteSurvey, surveyBytes } from './delimited/survey-bytes.ts';
import { isJson } from './json/json-start.ts';
import type { ExpectedTable, FileFormat, Lineage } from './model.ts';
import { openDelimited } from './open-delimited.ts';
import { openJson } from './open-json.ts';
import { parquetSource } from './open-typed.ts';
import { unfit } from './option-unfit.ts';
import type { Workspace } from './ports.ts';
import { INGEST_LIMITS, type IngestLimits, UNPACKED_FREELY_BYTES } from './settings.ts';
import { contentFormat, MAGIC_BYTES } from './sniff/content-format.ts';
import { sniffEncoding } from './sniff/encoding.ts';
import type { OpenSource } from './source-model.ts';

export type { OpenSource, SourceColumn } from './source-model.ts';

export type FileToRead = {
  file: string;
  fileName: string;
  options?: ReadOptions;
  /** What a later file is expected to hold: a line with names of these columns is a header, and its form is tried first. */
  expects?: ExpectedTable | undefined;
  limits?: IngestLimits;
};

/**
 * Finds out what a file is, by its content, and makes it readable for the engine: unpacked, in UTF-8. Throws
 * `file.empty`, `file.no-rows`, `file.binary`, `file.unreadable`, `file.unpacks-too-large`, `file.too-many-columns`,
 * `file.too-many-values`, `file.too-complex`, `file.option-unfit`, `file.form-unclear`, `file.ragged`.
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
  const source =
    unpacked.format === 'parquet'
      ? await parquet(workspace, request, unpacked.path, lineage('parquet'), limits)
      : await textSource(workspace, request, unpacked, limits, lineage);
  refuseLongNames(source, request.fileName);
  source.findings.unshift(formatFinding(source.lineage, unpacked.isPacked));
  return source;
}

/** Names are in every manifest, report and bundle. */
const LONGEST_NAME = 2_000;

function refuseLongNames({ columns }: OpenSource, file: string): void {
  const longest = columns.reduce((most, { name }) => Math.max(most, name.length), 0);
  if (longest <= LONGEST_NAME) return;
  const found = `a name of a column of ${longest} characters`;
  throw fail('file.too-complex', { file, found, limit: LONGEST_NAME });
}

async function parquet(
  workspace: Workspace,
  { fileName, options = {} }: FileToRead,
  path: string,
  lineage: Lineage,
  limits: IngestLimits,
): Promise<OpenSource> {
  refuseTextOptions(options, fileName, 'Parquet', ['encoding']);
  return parquetSource(workspace, path, lineage, limits);
}

/** `source` is what a pass over the given bytes tells, `content` over the unpacked ones at `path`. */
type Unpacked = {
  path: string;
  source: ByteSurvey;
  content: ByteSurvey;
  format: 'parquet' | 'text';
  isPacked: boolean;
};

async function unpack(workspace: Workspace, request: FileToRead, limits: IngestLimits): Promise<Unpacked> {
  const { file, fileName } = request;
  const outer = contentFormat(await headOf(workspace, file, MAGIC_BYTES), fileName);
  if (outer === 'empty') throw fail('file.empty', { file: fileName });
  const source = await surveyBytes(workspace.read(file));
  if (outer !== 'gzip') return { path: file, source, content: source, format: outer, isPacked: false };
  const path = await workspace.write(
    'unpacked',
    gunzipped(workspace.read(file), fileName, unpackedLimit(source, limits)),
  );
  const format = contentFormat(await headOf(workspace, path, MAGIC_BYTES), fileName);
  if (format === 'empty') throw fail('file.empty', { file: fileName });
  if (format === 'gzip') throw unreadable(fileName, 'gzip', 'it is compressed twice');
  return { path, source, content: await surveyBytes(workspace.read(path)), format, isPacked: true };
}

async function textSource(
  workspace: Workspace,
  request: FileToRead,
  { path, content }: Unpacked,
  limits: IngestLimits,
  lineage: (format: FileFormat) => Lineage,
): Promise<OpenSource> {
  const { fileName: file, options = {} } = request;
  const head = await headOf(workspace, path, limits.headBytes + 1);
  const complete = head.length <= limits.headBytes;
  const { decoding, byteOrderMark, findings } = await sniffEncoding({
    file,
    head,
    survey: content,
    read: () => workspace.read(path),
    asked: options.encoding,
    expects: request.expects,
  });
  const text = textOf(head, decoding, complete);
  if (text.trim() === '') throw fail('file.empty', { file });
  const shared = { path, text, complete, decoding, byteOrderMark };
  const source = isJson(text)
    ? await json(workspace, request, shared, limits, lineage)
    : await openDelimited(
        { ...shared, shortLines: content.longestLine < limits.maxRecordCharacters, tail: content.tail },
        { workspace, file, options, limits, lineage: lineage('csv'), expects: request.expects },
      );
  source.findings.unshift(...findings);
  return source;
}

async function json(
  workspace: Workspace,
  { fileName: file, options = {}, expects }: FileToRead,
  input: Parameters<typeof openJson>[0],
  limits: IngestLimits,
  lineage: (format: FileFormat) => Lineage,
): Promise<OpenSource> {
  refuseTextOptions(options, file, 'JSON', []);
  return openJson(input, { workspace, file, limits, lineage, expects });
}

function textOf(head: Uint8Array, decoding: Decoding, complete: boolean): string {
  return textDecoder(decoding).decode(head, { stream: !complete });
}

const FLAGS = {
  delimiter: '--delimiter',
  quote: '--quote',
  header: '--header',
  skipRows: '--skip-rows',
  skipFooter: '--skip-footer',
  comment: '--comment',
  encoding: '--encoding',
} as const;

/** Options of delimited text say nothing about other formats. */
function refuseTextOptions(
  options: ReadOptions,
  file: string,
  format: string,
  more: readonly 'encoding'[],
): void {
  for (const name of [
    ...(['delimiter', 'quote', 'header', 'skipRows', 'skipFooter', 'comment'] as const),
    ...more,
  ]) {
    if (options[name] !== undefined) throw unfit(file, FLAGS[name], `it holds ${format}`);
  }
}

const FORMATS: Record<Lineage['format'], string> = {
  csv: 'delimited text',
  json: 'JSON',
  ndjson: 'JSON, one value a line',
  parquet: 'Parquet',
  labels: 'labels',
  rollback: 'an earlier version',
};

function formatFinding({ format }: Lineage, isPacked: boolean): IngestFinding {
  const packed = isPacked ? ', packed with gzip' : '';
  return {
    code: 'format',
    severity: 'info',
    message: `The file is ${FORMATS[format]}${packed}.`,
    value: format,
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

function unreadable(file: string, format: string, reason: string) {
  return fail('file.unreadable', { file, format, reason });
}
