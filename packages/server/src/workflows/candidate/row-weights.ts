import { fail } from '@slipway/contract';
import { columnNamed, type Table } from '../../stages/ingest/index.ts';

type Weighing = {
  column: string | undefined;
  weightOf: ((row: number) => number) | undefined;
  /** Whether rows may lack a weight: those that were appended may, since callers send what the model takes and no more. */
  mayLack: boolean;
};

/**
 * What each of the rows weighs, scaled to a mean of 1: the value of a weight column where one is told, times the recency
 * weight where one is. A row that may lack a weight and does weighs the mean of the others. Undefined when all weigh alike.
 * Throws `weight.unfit`.
 */
export function rowWeights(
  table: Table,
  rows: Int32Array,
  { column, weightOf, mayLack }: Weighing,
  dataset: string,
): Float64Array | undefined {
  if (column === undefined && weightOf === undefined) return undefined;
  const told = column === undefined ? undefined : toldWeights(table, rows, { column, mayLack }, dataset);
  const weights = Float64Array.from(rows, (row, place) => (told?.[place] ?? 1) * (weightOf?.(row) ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (weight * rows.length) / total);
}

/** In words how many rows lack a weight, and what they weigh; empty where none does. */
export function missingWeightsIn(table: Table, rows: Int32Array, name: string | undefined): string {
  const column = name === undefined ? undefined : columnNamed(table, name);
  if (column?.type !== 'number') return '';
  const missing = rows.filter((row) => Number.isNaN(column.values[row]!)).length;
  if (missing === 0) return '';
  return `${missing.toLocaleString('en')} appended rows have no value in ${name} and weigh the mean of the others.`;
}

function toldWeights(
  table: Table,
  rows: Int32Array,
  { column: name, mayLack }: { column: string; mayLack: boolean },
  dataset: string,
): Float64Array {
  const refuse = (reason: string) =>
    fail('weight.unfit', { column: name, dataset, reason }, { path: 'weight' });
  const column = columnNamed(table, name);
  if (column === undefined) throw refuse('there is no such column');
  if (column.type !== 'number') throw refuse(`its values are of type ${column.type}`);
  const weights = Float64Array.from(rows, (row) => column.values[row]!);
  const known = weights.filter((weight) => !Number.isNaN(weight));
  if (known.length === 0 || (known.length < weights.length && !mayLack))
    throw refuse(known.length === 0 ? 'no row has a value' : 'some rows have no value');
  if (known.some((weight) => !(weight >= 0 && Number.isFinite(weight))))
    throw refuse('some values are negative or infinite');
  if (known.every((weight) => weight === 0)) throw refuse('every value is zero');
  const mean = known.reduce((sum, weight) => sum + weight, 0) / known.length;
  return weights.map((weight) => (Number.isNaN(weight) ? mean : weight));
}
