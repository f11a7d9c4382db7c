import { fail, type SlipwayError } from '@slipway/contract';
import type { InputColumn } from '../prepare/index.ts';
import { type Cell, pathOf } from './read-row.ts';

/** Columns that a message names. */
const NAMED = 5;

/** The row that is refused: its path in the request, and what a message calls it. */
export type RowPlace = { path: string; text: string };

/** Row `index` of a request. */
export function requestRow(index: number): RowPlace {
  return { path: `rows[${index}]`, text: `rows[${index}]` };
}

/**
 * The failure of a row whose result is NaN or infinite: `predict.not-finite`, with the columns that cause it. `hasFiniteResult` says
 * whether cells, some of which may be missing, have a finite result.
 */
export function notFinite(
  place: RowPlace,
  inputs: readonly InputColumn[],
  cells: readonly Cell[],
  hasFiniteResult: (cells: readonly Cell[]) => boolean,
): SlipwayError {
  const causes = overflowingInputs(cells, hasFiniteResult);
  const columns = causes.map((index) => inputs[index]!.name);
  const named = causes.slice(0, NAMED).map((index) => `${inputs[index]!.name} = ${String(cells[index])}`);
  const more = columns.length > NAMED ? `, and ${columns.length - NAMED} more columns` : '';
  const cause = columns.length === 0 ? 'the values of the row together' : `${named.join(', ')}${more}`;
  const path = columns.length === 1 ? pathOf(place.path, columns[0]!) : place.path;
  return fail('predict.not-finite', { row: place.text, cause, columns }, { path });
}

/**
 * The fewest inputs, by their places, without which the result is finite: numbers are taken for missing, the largest first,
 * until it is, and put back where it stays so. Empty where taking all of them away does not help.
 */
function overflowingInputs(
  cells: readonly Cell[],
  hasFiniteResult: (cells: readonly Cell[]) => boolean,
): readonly number[] {
  const tried = [...cells];
  const numbers = cells.flatMap((cell, index) => (typeof cell === 'number' ? [index] : []));
  numbers.sort((a, b) => Math.abs(cells[b] as number) - Math.abs(cells[a] as number));
  const removed: number[] = [];
  for (const index of numbers) {
    tried[index] = null;
    removed.push(index);
    if (hasFiniteResult(tried)) break;
  }
  if (!hasFiniteResult(tried)) return [];
  const needed = removed.filter((index) => {
    tried[index] = cells[index]!;
    if (hasFiniteResult(tried)) return false;
    tried[index] = null;
    return true;
  });
  return needed.sort((a, b) => a - b);
}
