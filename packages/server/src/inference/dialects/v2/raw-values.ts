import { isUtf8 } from 'node:buffer';
import { fail, type SlipwayError } from '@slipway/contract';
import type { RawValue } from '../../../stages/serve/index.ts';
import { type Datatype, FIXED_TYPES } from './datatypes.ts';

/**
 * The values that lie in `bytes`. Throws `request.invalid` where they do not fill it wholly, or where text is not
 * UTF-8.
 *
 * @param count how many there are by the tensor's shape
 */
export function readRawValues(bytes: Buffer, datatype: Datatype, count: number, path: string): RawValue[] {
  if (datatype === 'BYTES') return readTexts(bytes, count, path);
  const { bytes: size, read } = FIXED_TYPES[datatype];
  if (bytes.length !== count * size) {
    throw invalid(`${count} values of ${datatype} are ${count * size} bytes, not ${bytes.length}`, path);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: RawValue[] = new Array(count);
  for (let i = 0; i < count; i++) values[i] = read(view, i * size);
  return values;
}

function readTexts(bytes: Buffer, count: number, path: string): RawValue[] {
  checkTexts(bytes, path);
  const values: RawValue[] = [];
  let at = 0;
  while (at < bytes.length && values.length < count) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > bytes.length) throw invalid('a value of BYTES goes past the end', path);
    values.push(bytes.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (at !== bytes.length || values.length !== count) {
    throw invalid(`${bytes.length} bytes do not hold ${count} values of BYTES`, path);
  }
  return values;
}

/** Throws `request.invalid` where a value of BYTES is not UTF-8. */
export function checkTexts(bytes: Uint8Array, path: string): void {
  if (!isUtf8(bytes) && !areTexts(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
    throw invalid('a value of BYTES is not UTF-8', path);
}

/** Lengths may hold any bytes, so text is looked at without them where the whole is no UTF-8. */
function areTexts(bytes: Buffer): boolean {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at);
    if (!isUtf8(bytes.subarray(at + 4, end))) return false;
    at = end;
  }
  return true;
}

/** The values as bytes; a missing number is NaN, a missing text is empty. */
export function writeRawValues(values: readonly RawValue[], datatype: Datatype): Buffer {
  if (datatype === 'BYTES') return Buffer.concat(values.flatMap(textWithLength));
  const { bytes: size, write } = FIXED_TYPES[datatype];
  const bytes = Buffer.allocUnsafe(values.length * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < values.length; i++) write(view, i * size, values[i]!);
  return bytes;
}

function textWithLength(value: RawValue): Buffer[] {
  const text = Buffer.from(value === null ? '' : String(value));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(text.length);
  return [length, text];
}

function invalid(reason: string, path: string): SlipwayError {
  return fail('request.invalid', { reason }, { path });
}
