import { hasOpenRows, type Tensor, type TensorSpec } from '../model.ts';
import { sliceRows } from '../rows.ts';
import { madeInputs } from '../warm-up.ts';

/** Rows of one run, where the model takes any number. */
const ROWS_A_RUN = 64;

/** Rows cut into what the model takes at once; those that do not fill its fixed number of rows are left out. */
export function sampleBatches(specs: readonly TensorSpec[], inputs: readonly Tensor[]): Tensor[][] {
  const rows = inputs[0]?.shape[0] ?? 0;
  const fixed = specs[0]?.shape?.[0];
  const each = typeof fixed === 'number' ? fixed : ROWS_A_RUN;
  const isWhole = typeof fixed === 'number';
  const batches: Tensor[][] = [];
  for (let from = 0; from < rows; from += each) {
    const to = Math.min(rows, from + each);
    if (isWhole && to - from < each) break;
    batches.push(sliceRows(inputs, from, to));
  }
  return batches;
}

/** Larger inputs are no fair trial of a model. */
const MOST_REPEATED_BYTES = 64 * 1024 ** 2;

/** So many rows out of a few by going round; undefined where the model takes a fixed number, or they would be too large. */
export function repeatRows(
  specs: readonly TensorSpec[],
  inputs: readonly Tensor[],
  rows: number,
): Tensor[] | undefined {
  if (!hasOpenRows(specs) || inputs.some(({ type }) => type === 'string')) return undefined;
  const rowBytes = inputs.reduce(
    (sum, { bytes, shape }) => sum + bytes.byteLength / Math.max(1, shape[0]!),
    0,
  );
  if (rowBytes * rows > MOST_REPEATED_BYTES) return undefined;
  return inputs.map((tensor) => {
    const have = tensor.shape[0]!;
    const bytes = tensor.bytes.byteLength / Math.max(1, have);
    const out = new Uint8Array(rows * bytes);
    for (let row = 0; row < rows; row++)
      out.set(tensor.bytes.subarray((row % have) * bytes, ((row % have) + 1) * bytes), row * bytes);
    return { ...tensor, shape: [rows, ...tensor.shape.slice(1)], bytes: out };
  });
}

/** Rows that nobody chose: what a model is tried with where there is no data. Undefined where they would be too large. */
export function randomRows(
  specs: readonly TensorSpec[],
  like: readonly Tensor[],
  rows: number,
): Tensor[] | undefined {
  const shaped = specs.map((spec, at): TensorSpec => {
    const sizes = like[at]?.shape.slice(1);
    return sizes === undefined ? spec : { ...spec, shape: ['', ...sizes] };
  });
  return madeInputs(shaped, rows, 1);
}
