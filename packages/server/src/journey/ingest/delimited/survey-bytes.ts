import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { wholeCharacters } from '../sniff/encoding.ts';

/** What a pass over all bytes of a file tells. */
export type ByteSurvey = { sha256: string; bytes: number; utf8: boolean; hasNul: boolean };

/** Looks at every byte once: hash, length, whether it is UTF-8 throughout and whether a NUL byte occurs. */
export async function surveyBytes(chunks: AsyncIterable<Uint8Array>): Promise<ByteSurvey> {
  const hash = createHash('sha256');
  let bytes = 0;
  let utf8 = true;
  let hasNul = false;
  let cut = new Uint8Array();
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    hasNul ||= chunk.includes(0);
    if (!utf8) continue;
    const joined = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    const whole = wholeCharacters(joined);
    utf8 = isUtf8(whole);
    cut = Uint8Array.from(joined.subarray(whole.length));
  }
  return { sha256: hash.digest('hex'), bytes, utf8: utf8 && cut.length === 0, hasNul };
}
