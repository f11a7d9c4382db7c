import { ownValue } from '@slipway/contract';
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

/** A body that an endpoint answers as it is. */
export type ExampleBody =
  | { rows: Record<string, unknown>[] }
  /** Of a forecast: its next steps, of one series where there are several. */
  | { horizon: number; series?: unknown[] };

/**
 * A body that the model answers: a row, or none where that cannot be told (`rows` is empty). A forecast is asked for all steps of
 * its horizon, which its users want; one that takes columns known in advance for a row, since their values are part of the question.
 */
export function exampleBody(
  manifest: Pick<BundleManifest, 'golden' | 'forecast'> | TensorManifest,
): ExampleBody {
  if (takesTensors(manifest)) {
    const row = exampleRow(manifest);
    return { rows: row === undefined ? [] : [row] };
  }
  const [row] = manifest.golden.rows;
  const { forecast } = manifest;
  if (forecast === undefined || forecast.known.length > 0) return { rows: row === undefined ? [] : [row] };
  const { horizon, series } = forecast;
  if (series.length === 0 || row === undefined) return { horizon };
  const values = series.map((column) => [column, ownValue(row, column)] as const);
  return { horizon, series: [series.length === 1 ? values[0]![1] : Object.fromEntries(values)] };
}

/** Values row by row as lists within lists; of no axes the value itself. */
export function nestValues(values: readonly TensorValue[], shape: readonly number[]): Nested {
  const [size, ...inner] = shape;
  if (size === undefined) return values[0] ?? null;
  const step = sizeOf(inner);
  return Array.from({ length: size }, (_, i) => nestValues(values.slice(i * step, (i + 1) * step), inner));
}
