import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isJson } from './json/json-start.ts';
import type { Workspace } from './ports.ts';
import { contentFormat, MAGIC_BYTES } from './sniff/content-format.ts';

const [NEW_LINE, ZERO] = [0x0a, 0];
const SNIFFED_BYTES = 64 * 1024;

/**
 * The first rows of a large file as a scratch file: whole records of delimited text or NDJSON, unpacked, at most `limitBytes`
 * of them; no more of the file is read. Null of a file that is not larger, and of one that has no records to cut between:
 * Parquet, a single JSON document, UTF-16. Those are to be read whole.
 */
export async function fileHead(
  workspace: Workspace,
  { file, fileName, quote = '"' }: { file: string; fileName: string; quote?: string | undefined },
  limitBytes: number,
): Promise<{ path: string; bytes: number } | null> {
  const magic = await firstBytes(workspace.read(file, { limitBytes: MAGIC_BYTES }), MAGIC_BYTES);
  const format = contentFormat(magic, fileName);
  if (format !== 'text' && format !== 'gzip') return null;
  const read = workspace.read(file, { limitBytes: limitBytes + 1 });
  const head = await firstBytes(format === 'gzip' ? unpacked(read) : read, limitBytes + 1);
  if (head.length <= limitBytes || !hasRecords(head, fileName)) return null;
  // A line break within a text of NDJSON is written as an escape.
  const kept = head.subarray(0, limitBytes);
  const bytes = endOfRecords(kept, isJson(head.toString('latin1', 0, SNIFFED_BYTES)) ? '' : quote);
  if (bytes === 0) return null;
  const path = await workspace.write('head', once(head.subarray(0, bytes)));
  return { path, bytes };
}

async function firstBytes(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    gathered.push(chunk);
    bytes += chunk.length;
    if (bytes >= limit) break;
  }
  return Buffer.concat(gathered).subarray(0, limit);
}

/** What of a gzip stream can be unpacked; it may end within a block, being the start of a file, or be broken there. */
async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  pipeline(chunks, gunzip, () => {}); // a failure surfaces where the output is read, below
  try {
    yield* gunzip;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
  }
}

/** Whether lines are records: of delimited text, and of JSON where the first line is a whole object or list. */
function hasRecords(head: Buffer, fileName: string): boolean {
  const start = head.subarray(0, SNIFFED_BYTES);
  if (start.includes(ZERO) || contentFormat(head.subarray(0, MAGIC_BYTES), fileName) !== 'text') return false;
  if (!isJson(start.toString())) return true;
  const end = head.indexOf(NEW_LINE);
  return end > 0 && isWhole(head.subarray(0, end).toString());
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** The place behind the last line that ends outside of quotes; of all lines where quotes do not come in pairs. */
function endOfRecords(head: Buffer, quote: string): number {
  const mark = quote.length === 1 ? quote.charCodeAt(0) : -1;
  let [end, isQuoted] = [0, false];
  for (let i = 0; i < head.length; i++) {
    if (head[i] === mark) isQuoted = !isQuoted;
    else if (head[i] === NEW_LINE && !isQuoted) end = i + 1;
  }
  const last = head.lastIndexOf(NEW_LINE) + 1;
  return last - end > LONGEST_QUOTED_BYTES ? last : end;
}

/** Longer text within quotes is taken for a quote that is no mark, such as that of an inch. */
const LONGEST_QUOTED_BYTES = 1024 * 1024;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
