import { TREE_KERNELS_MODULE } from './tree-kernels-module.ts';

/**
 * The hot loops of boosted trees, in WebAssembly, over a memory of their own. A bin of a histogram is three float64
 * numbers side by side: sum of gradients, sum of hessians, rows.
 *
 * Every array given to a kernel must come from the same kernels' `int32`, `float32` … functions: what is passed on is its
 * place in the memory. Nothing is checked, as in any inner loop; `reference-kernels.ts` says what each does.
 */
export type TreeKernels = {
  /** Arrays of zeros in the kernels' memory. They stay valid while others are made, and live as long as the kernels. */
  bytes(length: number): Uint8Array;
  int32(length: number): Int32Array;
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
  /** A table of `length` columns at most. */
  columns(length: number): ColumnTable;

  /** Lays the derivatives of rows[begin … end) side by side in `pairs`, gradient and hessian, in the order of the rows. */
  gather(
    rows: Int32Array,
    begin: number,
    end: number,
    gradient: Float32Array,
    hessian: Float32Array,
    pairs: Float32Array,
  ): void;

  /** Adds rows[begin … end) to the bins of every column in the table; `pairs` as {@link TreeKernels.gather} left them. */
  accumulate(
    histogram: Float64Array,
    columns: ColumnTable,
    rows: Int32Array,
    begin: number,
    end: number,
    pairs: Float32Array,
  ): void;

  /** `larger -= smaller`: what is left of a parent's histogram is that of the other child. */
  subtract(larger: Float64Array, smaller: Float64Array): void;

  /**
   * Reorders rows[begin … end) so that those whose bin goes left come first, each side keeping its order, and returns
   * where the right side begins. `goesLeft` has 0 or 1 for each bin; `scratch` is as long as `rows`.
   */
  partition(
    rows: Int32Array,
    begin: number,
    end: number,
    bins: Uint8Array,
    goesLeft: Uint8Array,
    scratch: Int32Array,
  ): number;
};

/** The columns to accumulate: for each where its bins lie, and where in a histogram its own bins start (in numbers). */
export type ColumnTable = {
  clear(): void;
  add(bins: Uint8Array, offset: number): void;
  readonly count: number;
  readonly byteOffset: number;
};

/** What the module exports; pointers are byte offsets. */
type Exports = {
  gather(rows: number, begin: number, end: number, gradient: number, hessian: number, pairs: number): void;
  accumulate(
    histogram: number,
    columns: number,
    count: number,
    rows: number,
    begin: number,
    end: number,
    pairs: number,
  ): void;
  subtract(larger: number, smaller: number, length: number): void;
  partition(
    rows: number,
    begin: number,
    end: number,
    bins: number,
    goesLeft: number,
    scratch: number,
  ): number;
};

let compiled: object | undefined;

/** Kernels with an empty memory. It goes when they and all arrays of it are no longer referred to. */
export function openTreeKernels(): TreeKernels {
  compiled ??= new WebAssembly.Module(Buffer.from(TREE_KERNELS_MODULE, 'base64'));
  const memory = growingMemory();
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory: memory.memory } });
  const { gather, accumulate, subtract, partition } = exports as Exports;
  return {
    bytes: (length) => new Uint8Array(...memory.place(length, 1)),
    int32: (length) => new Int32Array(...memory.place(length, Int32Array.BYTES_PER_ELEMENT)),
    float32: (length) => new Float32Array(...memory.place(length, Float32Array.BYTES_PER_ELEMENT)),
    float64: (length) => new Float64Array(...memory.place(length, Float64Array.BYTES_PER_ELEMENT)),
    columns: (length) => columnTable(new Uint32Array(...memory.place(2 * length, 4))),
    gather: (rows, begin, end, gradient, hessian, pairs) =>
      gather(rows.byteOffset, begin, end, gradient.byteOffset, hessian.byteOffset, pairs.byteOffset),
    accumulate: (histogram, columns, rows, begin, end, pairs) =>
      accumulate(
        histogram.byteOffset,
        columns.byteOffset,
        columns.count,
        rows.byteOffset,
        begin,
        end,
        pairs.byteOffset,
      ),
    subtract: (larger, smaller) => subtract(larger.byteOffset, smaller.byteOffset, larger.length),
    partition: (rows, begin, end, bins, goesLeft, scratch) =>
      partition(rows.byteOffset, begin, end, bins.byteOffset, goesLeft.byteOffset, scratch.byteOffset),
  };
}

const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;

/** Arrays start at multiples of this, so that none shares a vector with another. */
const ALIGNMENT = 16;

/** Memory that hands out places one after the other. It is shared, because only that grows under arrays in use. */
function growingMemory() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  let used = 0;
  const place = (length: number, bytesEach: number): [SharedArrayBuffer, number, number] => {
    const begin = used;
    used = Math.ceil((begin + length * bytesEach) / ALIGNMENT) * ALIGNMENT;
    const missing = used - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return [memory.buffer, begin, length];
  };
  return { memory, place };
}

function columnTable(entries: Uint32Array): ColumnTable {
  let count = 0;
  return {
    clear: () => {
      count = 0;
    },
    add: (bins, offset) => {
      entries[2 * count] = bins.byteOffset;
      entries[2 * count + 1] = offset * Float64Array.BYTES_PER_ELEMENT;
      count++;
    },
    get count() {
      return count;
    },
    byteOffset: entries.byteOffset,
  };
}

/** As much of the standard's interface as is used here; neither `lib.es` nor Node's types have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  Memory: new (options: {
    initial: number;
    maximum: number;
    shared: true;
  }) => { buffer: SharedArrayBuffer; grow(pages: number): number };
};
