import type { SlipwayError } from '@slipway/contract';
import { ELEMENT_TYPES, type ElementType, sizeOf, type Tensor } from '../model.ts';
import { encodeStrings } from '../tensor-values.ts';

/** numpy's letters for the element types, little-endian. */
const TYPES = new Map(
  Object.entries<ElementType>({
    f2: 'float16',
    f4: 'float32',
    f8: 'float64',
    i1: 'int8',
    i2: 'int16',
    i4: 'int32',
    i8: 'int64',
    u1: 'uint8',
    u2: 'uint16',
    u4: 'uint32',
    u8: 'uint64',
    b1: 'bool',
  }),
);
const LONGEST_TEXT = 16 * 1024 * 1024;
const MAGIC = '\x93NUMPY';
/** As numpy's own limit was until version 2. */
const MOST_AXES = 32;

/**
 * An array as numpy saves it (.npy), row by row and little-endian; texts of fixed length (`<U`) as strings. Arrays of objects
 * are pickles, and refused. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(name: string, bytes: Uint8Array, refused: (reason: string) => SlipwayError): Tensor {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 12 || file.toString('latin1', 0, 6) !== MAGIC) throw refused(`${name} is no .npy file`);
  const wide = file[6]! >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? file.readUInt32LE(8) : file.readUInt16LE(8);
  const header = file.toString('latin1', start, start + length);
  const descr = /'descr':\s*'([<>|=]?)([a-zA-Z])(\d+)'/.exec(header);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === null || shape === undefined)
    throw refused(`${name} holds objects, which only a pickle can say`);
  if (/'fortran_order':\s*True/.test(header))
    throw refused(`${name} lies column by column: save it in C order`);
  const [, order, letter, size] = descr;
  if (order === '>') throw refused(`${name} is big-endian`);
  const dims = shape
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (dims.length > MOST_AXES) throw refused(`${name} has ${dims.length} axes; the limit is ${MOST_AXES}`);
  const content = file.subarray(start + length);
  if (letter === 'U') return texts(name, dims, content, Number(size), refused);
  const type = TYPES.get(`${letter}${size}`);
  if (type === undefined) throw refused(`${name} is of the type ${letter}${size}`);
  const expected = sizeOf(dims) * ELEMENT_TYPES[type].bytes;
  if (!Number.isSafeInteger(expected) || content.length !== expected)
    throw refused(`${name} has ${content.length} bytes for the shape [${dims}]`);
  return { name, type, shape: dims, bytes: new Uint8Array(content) };
}

/** Each text is so many code points of four bytes, filled up with zeros. */
function texts(
  name: string,
  shape: number[],
  content: Buffer,
  length: number,
  refused: (reason: string) => SlipwayError,
): Tensor {
  const count = sizeOf(shape);
  if (length < 1 || length > LONGEST_TEXT)
    throw refused(`${name} holds texts of ${length} characters; the limits are 1 and ${LONGEST_TEXT}`);
  if (!Number.isSafeInteger(count) || content.length !== count * length * 4)
    throw refused(`${name} has ${content.length} bytes for the shape [${shape}]`);
  const values = Array.from({ length: count }, (_, i) => {
    let text = '';
    for (let at = 0; at < length; at++) {
      const point = content.readUInt32LE((i * length + at) * 4);
      if (point > 0x10ffff) throw refused(`${name} holds a text that is none`);
      if (point !== 0) text += String.fromCodePoint(point);
    }
    return text;
  });
  return { name, type: 'string', shape, bytes: encodeStrings(values, name) };
}
