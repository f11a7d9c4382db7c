import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { wholeCharacters } from '../sniff/encoding.ts';

const LF = 0x0a;
const CR = 0x0d;

/** What a pass over all bytes of a file tells. */
export type ByteSurvey = {
  sha256: string;
  bytes: number;
  utf8: boolean;
  hasNul: boolean;
  /** At least the bytes of the longest line, when that is longer than two chunks; smaller lines are not measured. */
  longestLine: number;
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
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    hasNul ||= chunk.includes(0);
    line = !chunk.includes(LF) && !chunk.includes(CR) ? line + chunk.length : 0;
    longestLine = Math.max(longestLine, line);
    if (!utf8) continue;
    const joined = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    const whole = wholeCharacters(joined);
    utf8 = isUtf8(whole);
    cut = Uint8Array.from(joined.subarray(whole.length));
  }
  return { sha256: hash.digest('hex'), bytes, utf8: utf8 && cut.length === 0, hasNul, longestLine };
}
