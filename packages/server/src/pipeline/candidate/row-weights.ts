import { fail } from '@slipway/contract';
import { columnNamed, type Table } from '../../journey/ingest/index.ts';

/**
 * What each of the rows weighs, scaled to a mean of 1: the value of a weight column where one is told, times the recency
 * weight where one is. Undefined when all weigh alike. Throws `weight.unfit`.
 */
export function rowWeights(
  table: Table,
  rows: Int32Array,
  { column, weightOf }: { column: string | undefined; weightOf: ((row: number) => number) | undefined },
  dataset: string,
): Float64Array | undefined {
  if (column === undefined && weightOf === undefined) return undefined;
  const told = column === undefined ? undefined : toldWeights(table, rows, column, dataset);
  const weights = Float64Array.from(rows, (row, place) => (told?.[place] ?? 1) * (weightOf?.(row) ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (weight * rows.length) / total);
}

function toldWeights(table: Table, rows: Int32Array, name: string, dataset: string): Float64Array {
  const refuse = (reason: string) =>
    fail('weight.unfit', { column: name, dataset, reason }, { path: 'weight' });
  const column = columnNamed(table, name);
  if (column === undefined) throw refuse('there is no such column');
  if (column.type !== 'number') throw refuse(`its values are of type ${column.type}`);
  const weights = Float64Array.from(rows, (row) => column.values[row]!);
  if (weights.some((weight) => Number.isNaN(weight))) throw refuse('some rows have no value');
  if (weights.some((weight) => !(weight >= 0 && Number.isFinite(weight))))
    throw refuse('some values are negative or infinite');
  if (weights.every((weight) => weight === 0)) throw refuse('every value is zero');
  return weights;
}
