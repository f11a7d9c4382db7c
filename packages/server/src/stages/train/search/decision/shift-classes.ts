import { primaryLoss } from '../primary-loss.ts';
import type { SearchState } from '../search-state.ts';

/** Shares of the logarithm of how rare a class is by which its margin may be raised. */
const SHARES = [0.25, 0.5, 0.75, 1];

/** How much better the metric must get, since probabilities are no longer those of the data then. */
const WORTH = 0.005;

/**
 * Of several classes what to add to each margin, so that rare ones are answered more often, where the metric asked for
 * looks at answers and is better for it on held-out rows: what a threshold is for two classes. Null where it is not.
 */
export function shiftClasses(state: SearchState, margins: Float64Array, rows: Int32Array): number[] | null {
  const { data, outputs, selection } = state;
  if (outputs === 1 || !selection.metric.ofConfusion || selection.metric.id === 'accuracy') return null;
  const rarity = new Array<number>(outputs).fill(1);
  for (const row of rows) rarity[data.target[row]!]! += 1;
  const logs = rarity.map((count) => -Math.log(count / rows.length));
  const lossWith = (shift: number[]) =>
    primaryLoss(
      state,
      margins.map((margin, i) => margin + shift[i % outputs]!),
      rows,
    );
  const shifts = SHARES.map((share) => logs.map((log) => share * log));
  const losses = shifts.map(lossWith);
  const best = losses.indexOf(Math.min(...losses));
  return losses[best]! < primaryLoss(state, margins, rows) - WORTH ? shifts[best]! : null;
}
