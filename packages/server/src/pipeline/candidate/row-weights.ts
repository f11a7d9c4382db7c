import { fail } from '@slipway/contract';
import { columnNamed, type Table } from '../../journey/ingest/index.ts';

/** What each of the rows weighs. Throws `weight.unfit`. */
export function rowWeights(table: Table, rows: Int32Array, name: string, dataset: string): Float64Array {
  const refuse = (reason: string) =>
    fail('weight.unfit', { column: name, dataset, reason }, { path: 'weight' });
  const column = columnNamed(table, name);
  if (column === undefined) throw refuse('there is no such column');
  if (column.type !== 'number') throw refuse(`its values are of type ${column.type}`);
  const weights = Float64Array.from(rows, (row) => column.values[row]!);
  if (weights.some((weight) => Number.isNaN(weight))) throw refuse('some rows have no value');
  if (weights.some((weight) => !(weight >= 0 && Number.isFinite(weight))))
    throw refuse('some values are negative or infinite');
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) throw refuse('every value is zero');
  return weights.map((weight) => (weight * rows.length) / total);
}
