import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { wholeCharacters } from './decode.ts';

const LF = 0x0a;
const CR = 0x0d;
const TAIL_BYTES = 16 * 1024;

/** What a pass over all bytes of a file tells. */
export type ByteSurvey = {
  sha256: string;
  bytes: number;
  utf8: boolean;
  hasNul: boolean;
  /** At least the bytes of the longest line, when that is longer than two chunks; smaller lines are not measured. */
  longestLine: number;
  /** The last bytes: those of the last one or two chunks. */
  tail: Uint8Array;
};

/** Looks at every byte once: hash, length, whether it is UTF-8 throughout, NUL bytes, lines without end. */
export async function surveyBytes(chunks: AsyncIterable<Uint8Array>): Promise<ByteSurvey> {
  const hash = createHash('sha256');
  let bytes = 0;
  let utf8 = true;
  let hasNul = false;
  let cut = new Uint8Array();
  let longestLine = 0;
  let line = 0;
  let [previous, latest] = [new Uint8Array(), new Uint8Array()];
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    [previous, latest] = [latest, Uint8Array.from(chunk.subarray(-TAIL_BYTES))];
    hasNul ||= chunk.includes(0);
    line = !chunk.includes(LF) && !chunk.includes(CR) ? line + chunk.length : 0;
    longestLine = Math.max(longestLine, line);
    if (!utf8) continue;
    const joined = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    const whole = wholeCharacters(joined);
    utf8 = isUtf8(whole);
    cut = Uint8Array.from(joined.subarray(whole.length));
  }
  const tail = Buffer.concat([previous, latest]);
  return { sha256: hash.digest('hex'), bytes, utf8: utf8 && cut.length === 0, hasNul, longestLine, tail };
}

/**
 * Whether a line that is exactly `line`, or starts with it where `wholeLine` is false, stands anywhere behind byte
 * `from`. Lines end with LF, CR or both; a byte-order mark before the line, as joined files have it, is let pass.
 */
export async function hasLine(
  chunks: AsyncIterable<Uint8Array>,
  line: Uint8Array,
  { from, wholeLine }: { from: number; wholeLine: boolean },
): Promise<boolean> {
  const margin = line.length + 4;
  let kept: Buffer = Buffer.alloc(0);
  let base = 0;
  for await (const chunk of chunks) {
    const bytes = kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([kept, chunk]);
    if (lineIn(bytes, line, { from: from - base, wholeLine, atEnd: false })) return true;
    kept = Buffer.from(bytes.subarray(Math.max(0, bytes.length - margin)));
    base += bytes.length - kept.length;
  }
  return lineIn(kept, line, { from: from - base, wholeLine, atEnd: true });
}

/**
 * Whether a line that is `line` but for case, spaces and quotes stands anywhere behind byte `from`. Lines of more than four times
 * its length are not looked at.
 */
export async function hasLineLike(
  chunks: AsyncIterable<Uint8Array>,
  line: string,
  from: number,
): Promise<boolean> {
  const wanted = plainOf(line);
  const first = wanted.charCodeAt(0);
  const longest = 4 * Buffer.byteLength(line) + 16;
  let kept: Buffer = Buffer.alloc(0);
  let base = 0;
  for await (const chunk of chunks) {
    const bytes = kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([kept, chunk]);
    const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1;
    // A line that never ends is no header.
    const start = end === 0 && bytes.length > longest ? bytes.length : end;
    if (likeIn(bytes.subarray(0, end), { wanted, first, longest, from: from - base })) return true;
    kept = Buffer.from(bytes.subarray(start));
    base += start;
  }
  return likeIn(kept, { wanted, first, longest, from: from - base });
}

function likeIn(
  bytes: Buffer,
  { wanted, first, longest, from }: { wanted: string; first: number; longest: number; from: number },
): boolean {
  const isCarriage = !bytes.includes(LF);
  const mark = isCarriage ? CR : LF;
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(mark, at);
    const end = found < 0 ? bytes.length : found;
    if (at > from && end - at <= longest && startsAs(bytes, at, first)) {
      if (plainOf(bytes.toString('utf8', at, end)) === wanted) return true;
    }
    at = end + 1;
  }
  return false;
}

/** Whether the first character that counts is this one, in either case; characters beyond ASCII always may be. */
function startsAs(bytes: Buffer, start: number, first: number): boolean {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x22 || bytes[at] === 0x27) at++;
  const byte = bytes[at] ?? 0;
  return byte >= 0x80 || first >= 0x80 || byte === first || (byte | 0x20) === first;
}

/** Without what a repeated header may differ in. */
function plainOf(line: string): string {
  return line.replace(/[\ufeff\s"']/g, '').toLowerCase();
}

function lineIn(
  bytes: Buffer,
  line: Uint8Array,
  where: { from: number; wholeLine: boolean; atEnd: boolean },
): boolean {
  for (let at = bytes.indexOf(line); at >= 0; at = bytes.indexOf(line, at + 1)) {
    if (at < where.from || !startsLine(bytes, at)) continue;
    if (!where.wholeLine) return true;
    const next = bytes[at + line.length];
    if (next === LF || next === CR || (next === undefined && where.atEnd)) return true;
  }
  return false;
}

function startsLine(bytes: Buffer, at: number): boolean {
  const marked = at >= 3 && bytes[at - 1] === 0xbf && bytes[at - 2] === 0xbb && bytes[at - 3] === 0xef;
  const before = bytes[marked ? at - 4 : at - 1];
  return before === LF || before === CR;
}
