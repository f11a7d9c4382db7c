import { MATRIX_KERNELS_MODULE } from './matrix-kernels-module.ts';

/**
 * The hot loops of networks, in WebAssembly, over a memory of their own. Matrices are row-major float32 arrays of
 * {@link MatrixKernels.floats}; nothing is checked, as in any inner loop.
 */
export type MatrixKernels = {
  /** Numbers in the kernels' memory, zeros at first; they live as long as the kernels. */
  floats(length: number): Float32Array;
  /** c = a · b + bias in every row; a is [m, k], b is [k, n], n a multiple of 4. */
  multiply(a: Float32Array, b: Float32Array, c: Float32Array, bias: Float32Array, shape: Shape): void;
  /** `turned` = a turned; a is [rows, columns]. */
  transpose(a: Float32Array, turned: Float32Array, rows: number, columns: number): void;
  /** The sum of each column of a, which is [rows, columns], columns a multiple of 4. */
  sumColumns(a: Float32Array, sums: Float32Array, rows: number, columns: number): void;
  /** One step of Adam with decoupled decay on all `weights`, whose number is a multiple of 4. */
  adam(state: AdamState, step: AdamStep): void;
};

export type Shape = { m: number; k: number; n: number };

/** Weights, their gradients, both moments, and a moving average of the weights; all equally long. */
export type AdamState = Record<'weights' | 'gradients' | 'first' | 'second' | 'average', Float32Array>;

export type AdamStep = {
  beta1: number;
  beta2: number;
  /** Learning rate, corrected for the bias of both moments. */
  rate: number;
  epsilon: number;
  /** Share that the weights lose. */
  decay: number;
  /** Share by which the average moves towards the weights. */
  follow: number;
};

type Exports = Record<'multiply' | 'transpose' | 'sumColumns' | 'adam', (...numbers: number[]) => void>;

const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
const ALIGNMENT = 16;

let compiled: object | undefined;

export function openMatrixKernels(): MatrixKernels {
  compiled ??= new WebAssembly.Module(Buffer.from(MATRIX_KERNELS_MODULE, 'base64'));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const run = exports as Exports;
  let used = 0;
  return {
    floats(length) {
      const begin = used;
      used = Math.ceil((begin + 4 * length) / ALIGNMENT) * ALIGNMENT;
      const missing = used - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
      return new Float32Array(memory.buffer, begin, length);
    },
    multiply: (a, b, c, bias, { m, k, n }) =>
      run.multiply(a.byteOffset, b.byteOffset, c.byteOffset, bias.byteOffset, m, k, n),
    transpose: (a, turned, rows, columns) => run.transpose(a.byteOffset, turned.byteOffset, rows, columns),
    sumColumns: (a, sums, rows, columns) => run.sumColumns(a.byteOffset, sums.byteOffset, rows, columns),
    adam: ({ weights, gradients, first, second, average }, step) =>
      run.adam(
        weights.byteOffset,
        gradients.byteOffset,
        first.byteOffset,
        second.byteOffset,
        average.byteOffset,
        weights.length,
        step.beta1,
        step.beta2,
        step.rate,
        step.epsilon,
        step.decay,
        step.follow,
      ),
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
