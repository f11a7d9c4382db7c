import { type HeldOut, isRefitted } from '../../stages/pack/index.ts';
import type { Predictions } from '../../stages/train/index.ts';
import type { PreparedRows } from './prepare-rows.ts';

/** Fewer rows than this tell nothing of two models. */
const LEAST_ROWS = 20;

export type UnseenByChampion =
  /** Predictions of the rows at `places` of the hold-out; of all rows when `places` is undefined. */
  { predictions: Predictions; places: Int32Array | undefined } | { reason: string };

/**
 * What a champion says about rows of a hold-out that it has not learnt from. A champion that was not refitted says it itself
 * (`live`), for it never learnt from a row that is held out. One that was refitted has learnt from all rows of its training:
 *
 * - a row of its own hold-out, or a row appended since that equals one, has the prediction that was kept of before the refit;
 * - of a row appended since its training it says it itself, unless the row is of a group that it has learnt from;
 * - any other row is left out.
 *
 * @param live its predictions for all rows of the hold-out
 * @param commonRows how many rows the dataset version begins with that its training knew too
 */
export function unseenByChampion(
  { holdout, together }: Pick<PreparedRows, 'holdout' | 'together'>,
  held: HeldOut | undefined,
  live: Predictions,
  commonRows: number,
): UnseenByChampion {
  if (!isRefitted(held)) return { predictions: live, places: undefined };
  const kept = keptPlaces(held, commonRows, together);
  const isWhole = commonRows === held.dataset.rows;
  const known = new Set(together?.of.subarray(0, commonRows));
  const { outputs } = live;
  const values: number[] = [];
  const places: number[] = [];
  holdout.numbers.forEach((row, place) => {
    const group = together?.of[row];
    const before = kept.ofRow.get(row) ?? (group === undefined ? undefined : kept.ofGroup.get(group));
    // Rows beyond those in common may be ones that the champion knew under other numbers, unless all of its own are in common.
    const isNew = row >= commonRows && isWhole && !(group !== undefined && known.has(group));
    if (before === undefined && !isNew) return;
    places.push(place);
    const [from, at] = before === undefined ? [live, place] : [held.predictions, before];
    for (let k = 0; k < outputs; k++) values.push(from.values[at * outputs + k]!);
  });
  if (places.length < LEAST_ROWS)
    return { reason: `it was refitted on all but ${places.length} of the ${holdout.numbers.length} rows` };
  const predictions = { rows: places.length, outputs, values: Float64Array.from(values) };
  return {
    predictions,
    places: places.length === holdout.numbers.length ? undefined : Int32Array.from(places),
  };
}

/** Where the prediction kept of a row is, and of rows that equal it. */
function keptPlaces({ rows }: HeldOut, commonRows: number, together: PreparedRows['together']) {
  const ofRow = new Map<number, number>();
  const ofGroup = new Map<number, number>();
  rows.forEach((row, place) => {
    if (row >= commonRows) return;
    ofRow.set(row, place);
    if (together?.by === 'equality') ofGroup.set(together.of[row]!, place);
  });
  return { ofRow, ofGroup };
}
