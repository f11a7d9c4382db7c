import { fail } from '@slipway/contract';
import type { Encoding } from '../sniff/encoding.ts';
import { type Dialect, RecordReader } from './record-reader.ts';

export type NormaliseOptions = {
  file: string;
  encoding: Encoding;
  dialect: Dialect;
  /** Fields that every record must have. */
  columns: number;
  maxRecordCharacters: number;
};

/** The dialect that {@link normaliseDelimited} writes: UTF-8, comma, doubled quotes, LF. */
export const NORMAL_DIALECT: Dialect = { delimiter: ',', escape: '"' };

/**
 * Delimited text in any encoding, dialect and line end, as plain comma-separated UTF-8, streaming. Throws
 * `file.ragged` with the line of the first record that has another number of fields, and what RecordReader throws.
 */
export async function* normaliseDelimited(
  chunks: AsyncIterable<Uint8Array>,
  options: NormaliseOptions,
): AsyncGenerator<Uint8Array> {
  let out = '';
  const reader = new RecordReader(
    options.dialect,
    (fields, line) => {
      if (fields.length !== options.columns) {
        const { file, columns: expected } = options;
        throw fail('file.ragged', { file, line, found: fields.length, expected });
      }
      out += `${fields.map(quoted).join(',')}\n`;
    },
    options,
  );
  for await (const text of decoded(chunks, options.encoding)) {
    reader.push(text);
    if (out !== '') yield Buffer.from(out);
    out = '';
  }
  reader.end();
  if (out !== '') yield Buffer.from(out);
}

/** Text of the bytes, without a byte-order mark; a character cut by a chunk's end is put together. */
export async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** The bytes as UTF-8 without a byte-order mark. */
export async function* transcoded(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<Uint8Array> {
  for await (const text of decoded(chunks, encoding)) if (text !== '') yield Buffer.from(text);
}

const NEEDS_QUOTES = /[",\r\n]/;

function quoted(field: string): string {
  return NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
