import { ELEMENT_TYPES, sizeOf, type Tensor } from './model.ts';

/** Rows `from` up to but without `to` of each tensor; of numbers a view, of strings too. */
export function sliceRows(tensors: readonly Tensor[], from: number, to: number): Tensor[] {
  return tensors.map((tensor) => {
    const shape = [to - from, ...tensor.shape.slice(1)];
    const [start, end] = byteRange(tensor, from, to);
    return { ...tensor, shape, bytes: tensor.bytes.subarray(start, end) };
  });
}

function byteRange({ type, shape, bytes }: Tensor, from: number, to: number): [start: number, end: number] {
  const values = sizeOf(shape.slice(1));
  const each = ELEMENT_TYPES[type].bytes;
  if (type !== 'string') return [from * values * each, to * values * each];
  const start = skipTexts(bytes, 0, from * values);
  return [start, skipTexts(bytes, start, (to - from) * values)];
}

/** Where `count` texts end that begin at `at`. */
function skipTexts(bytes: Uint8Array, at: number, count: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = at;
  for (let i = 0; i < count; i++) end += 4 + view.getUint32(end, true);
  return end;
}

/**
 * The tensors cut into parts of so many rows, as views. Undefined where they do not have exactly these rows: then what came
 * out is not of the requests that went in.
 */
export function splitRows(tensors: readonly Tensor[], counts: readonly number[]): Tensor[][] | undefined {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (tensors.some(({ shape }) => shape[0] !== rows)) return undefined;
  const parts: Tensor[][] = counts.map(() => []);
  for (const tensor of tensors) {
    let at = 0;
    for (const [i, count] of counts.entries()) {
      const [start, end] = nextRange(tensor, at, count);
      const shape = [count, ...tensor.shape.slice(1)];
      parts[i]!.push({ ...tensor, shape, bytes: tensor.bytes.subarray(start, end) });
      at = end;
    }
  }
  return parts;
}

/** The bytes of the next `count` rows from `at` on. */
function nextRange({ type, shape, bytes }: Tensor, at: number, count: number): [start: number, end: number] {
  const values = count * sizeOf(shape.slice(1));
  const each = ELEMENT_TYPES[type].bytes;
  return [at, type === 'string' ? skipTexts(bytes, at, values) : at + values * each];
}

/** Tensors of the same names, one below the other. */
export function joinRows(parts: readonly (readonly Tensor[])[]): Tensor[] {
  return parts[0]!.map((first, i) => {
    const all = parts.map((tensors) => tensors[i]!);
    const rows = all.reduce((sum, { shape }) => sum + shape[0]!, 0);
    const bytes = new Uint8Array(Buffer.concat(all.map((tensor) => tensor.bytes)));
    return { ...first, shape: [rows, ...first.shape.slice(1)], bytes };
  });
}
