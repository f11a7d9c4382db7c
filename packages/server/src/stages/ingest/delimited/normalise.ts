import { type DataForm, DataRows, type LeftOut } from './data-rows.ts';
import { type Decoding, decoded } from './decode.ts';
import type { Dialect } from './record-reader.ts';

export type NormaliseOptions = DataForm & { decoding: Decoding; onEnd?: (leftOut: LeftOut) => void };

/** The dialect that {@link normaliseDelimited} writes: UTF-8, comma, doubled quotes, LF. */
export const NORMAL_DIALECT: Dialect = { delimiter: ',', quote: '"', escape: '"' };

/**
 * The rows of delimited text in any encoding, dialect and line end as plain comma-separated UTF-8, streaming, under a header
 * c0, c1, … : the engine takes the first line end for that of all lines. `onEnd` hears what was left out. Throws what DataRows and RecordReader throw.
 */
export async function* normaliseDelimited(
  chunks: AsyncIterable<Uint8Array>,
  options: NormaliseOptions,
): AsyncGenerator<Uint8Array> {
  let out = `${Array.from({ length: options.columns }, (_, i) => `c${i}`).join(',')}\n`;
  const rows = new DataRows(options, (fields) => {
    const isPlain = !NEEDS_QUOTES.test(fields.join(BETWEEN));
    const line = isPlain ? fields.join(',') : fields.map(quoted).join(',');
    out += line === '' ? '""\n' : `${line}\n`;
  });
  for await (const text of decoded(chunks, options.decoding)) {
    rows.push(text);
    if (out !== '') yield Buffer.from(out);
    out = '';
  }
  rows.end();
  options.onEnd?.(rows.leftOut);
  if (out !== '') yield Buffer.from(out);
}

/** A character that says nothing to {@link NEEDS_QUOTES}: one test for a row is faster than one for each field. */
const BETWEEN = ' ';
const NEEDS_QUOTES = /[",\r\n]/;

function quoted(field: string): string {
  return NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

class Found extends Error {}

/** The lines that rows start on, both in order; rows count from 0. Reads no further than the last of them. */
export async function linesOfRows(
  chunks: AsyncIterable<Uint8Array>,
  options: DataForm & { decoding: Decoding },
  wanted: readonly number[],
): Promise<(number | null)[]> {
  const lines = new Map<number, number | null>(wanted.map((row) => [row, null]));
  const last = Math.max(-1, ...wanted);
  let row = 0;
  const rows = new DataRows(options, (_, line) => {
    if (lines.has(row)) lines.set(row, line);
    if (row++ >= last) throw new Found();
  });
  try {
    if (last >= 0) for await (const text of decoded(chunks, options.decoding)) rows.push(text);
    if (last >= 0) rows.end();
  } catch (error) {
    if (!(error instanceof Found)) throw error;
  }
  return wanted.map((one) => lines.get(one) ?? null);
}
