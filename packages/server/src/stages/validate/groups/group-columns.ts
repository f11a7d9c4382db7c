import { columnNamed, type Table } from '../../ingest/index.ts';
import type { GroupColumn } from '../model.ts';

/** Numbers with so few distinct values are codes or counts: each value is a group. */
const MOST_VALUES = 10;
/** Numbers with more are cut at the quartiles. */
const QUANTILES = [0.25, 0.5, 0.75];

/**
 * How the rows of each column are put into groups: by category, by value where a number has at most 10 of them in `training`, else
 * by band between the quartiles of `training`.
 *
 * @param names columns of `training`; others are left out
 */
export function groupColumns(training: Table, names: readonly string[]): GroupColumn[] {
  return names.flatMap((column) => {
    const found = columnNamed(training, column);
    if (found === undefined) return [];
    if (found.type === 'string' || found.type === 'boolean') return [{ column, cuts: null }];
    return [{ column, cuts: cutsOf(found.values) }];
  });
}

function cutsOf(values: ArrayLike<number>): number[] | null {
  const present = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (new Set(present).size <= MOST_VALUES) return null;
  const cuts = QUANTILES.map((q) => present[Math.round(q * (present.length - 1))]!);
  return [...new Set(cuts)].filter((cut) => cut > present[0]!);
}
