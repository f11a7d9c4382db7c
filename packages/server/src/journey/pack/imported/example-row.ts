import { type BundleManifest, takesTensors } from '../model.ts';
import { hasOpenRows, sizeOf, type TensorManifest } from './model.ts';
import { sliceRows } from './rows.ts';
import { decodeValues, type Nested, type TensorValue } from './tensor-values.ts';
import { unstored } from './try-model.ts';

/** More numbers than that are no example for a page. */
const MOST_VALUES = 1000;

/** One row that the model takes, by tensor, as it was given when the model was imported; undefined where that is no row. */
function exampleRow(manifest: TensorManifest): Record<string, Nested> | undefined {
  const { inputs } = manifest.golden;
  const hasRows = hasOpenRows([...manifest.inputs, ...manifest.outputs]);
  if (!hasRows || inputs.length === 0) return undefined;
  const isReadable = inputs.every(({ shape }) => sizeOf(shape.slice(1)) <= MOST_VALUES);
  if (!isReadable || inputs.some(({ shape }) => (shape[0] ?? 0) === 0)) return undefined;
  const rows = sliceRows(inputs.map(unstored), 0, 1);
  return Object.fromEntries(rows.map((row) => [row.name, nestValues(decodeValues(row), row.shape.slice(1))]));
}

/** A row that the model takes, in a list; none where that cannot be told. */
export function exampleRows(
  manifest: Pick<BundleManifest, 'golden'> | TensorManifest,
): Record<string, unknown>[] {
  if (!takesTensors(manifest)) return manifest.golden.rows.slice(0, 1);
  const row = exampleRow(manifest);
  return row === undefined ? [] : [row];
}

/** Values row by row as lists within lists; of no axes the value itself. */
export function nestValues(values: readonly TensorValue[], shape: readonly number[]): Nested {
  const [size, ...inner] = shape;
  if (size === undefined) return values[0] ?? null;
  const step = sizeOf(inner);
  return Array.from({ length: size }, (_, i) => nestValues(values.slice(i * step, (i + 1) * step), inner));
}
