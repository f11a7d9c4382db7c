import type { RawTensor } from '../outline-schema.ts';
import { fixedDim } from './dimension.ts';
import { fixedTensor, knownTensor, type Traced } from './traced-tensor.ts';

/** Longer lists are no shapes. */
const MOST_ITEMS = 64;

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const BOOL = 9;
const FLOAT64 = 11;

/** A constant, with its values where shapes may be made of them. */
export function constantTensor(tensor: RawTensor): Traced {
  const dims = tensor.dims.map(fixedDim);
  const count = tensor.dims.reduce((product, size) => product * size, 1);
  if (count > MOST_ITEMS) return fixedTensor(dims);
  const values = valuesOf(tensor, count);
  if (values === undefined) return fixedTensor(dims);
  if (tensor.dataType === FLOAT || tensor.dataType === FLOAT64)
    return { is: 'fixed', dims, items: undefined, numbers: values };
  return knownTensor(dims, values.map(fixedDim));
}

function valuesOf(tensor: RawTensor, count: number): number[] | undefined {
  const { dataType, rawData, floatData, int32Data, int64Data } = tensor;
  const read = READERS[dataType];
  if (read === undefined) return undefined;
  const isShort = dataType === INT32 || dataType === BOOL;
  const listed = dataType === INT64 ? int64Data : isShort ? int32Data : floatData;
  if (listed.length === count) return [...listed];
  const view = new DataView(rawData.buffer, rawData.byteOffset ?? 0, rawData.byteLength);
  if (view.byteLength !== count * read.bytes) return undefined;
  return Array.from({ length: count }, (_, i) => read.get(view, i * read.bytes));
}

type Reader = { bytes: number; get: (view: DataView, at: number) => number };

const READERS: Partial<Record<number, Reader>> = {
  [FLOAT]: { bytes: 4, get: (view, at) => view.getFloat32(at, true) },
  [FLOAT64]: { bytes: 8, get: (view, at) => view.getFloat64(at, true) },
  [BOOL]: { bytes: 1, get: (view, at) => view.getUint8(at) },
  [INT32]: { bytes: 4, get: (view, at) => view.getInt32(at, true) },
  [INT64]: { bytes: 8, get: (view, at) => Number(view.getBigInt64(at, true)) },
};
