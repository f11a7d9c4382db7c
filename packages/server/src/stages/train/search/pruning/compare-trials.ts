import { type Comparison, pairedComparison } from '../../making/paired-comparison.ts';
import type { OpenTrial } from '../open-trial.ts';
import type { Plan } from '../plan.ts';
import { primaryLoss } from '../primary-loss.ts';
import type { SearchState } from '../search-state.ts';

/** Parts of the held-out rows that trials are compared on where folds are few. */
const PARTS = 8;
const FEW_FOLDS = 3;

/** With fewer pairs of losses nothing can be said about chance. */
const LEAST_PAIRS = 2;

/**
 * Paired losses by fold, or by parts of the held-out rows where folds are few. Left out are those where the metric is
 * undefined, as a ranking is where all rows are of one class; undefined when too few are left to compare.
 */
export function compareTrials(
  state: SearchState,
  plan: Plan,
  without: OpenTrial,
  withMade: OpenTrial,
  groups?: Int32Array,
): Comparison | undefined {
  if (plan.folds >= FEW_FOLDS) {
    const folds = Array.from({ length: plan.folds }, (_, fold) => fold);
    const lossesOf = (trial: OpenTrial) => folds.map((fold) => trial.looks.get(fold)!);
    return compareDefined(lossesOf(without), lossesOf(withMade));
  }
  const held = state.folds.slice(0, plan.folds).flatMap(({ validation }) => Array.from(validation));
  const rows = Int32Array.from(held).sort();
  const partOf = partsOf(rows, state.forward, groups);
  const parts = Array.from({ length: PARTS }, (_, part) => rows.filter((_row, i) => partOf[i] === part));
  const lossesOf = ({ margins }: OpenTrial) => parts.map((part) => primaryLoss(state, margins, part));
  return compareDefined(lossesOf(without), lossesOf(withMade));
}

function compareDefined(without: readonly number[], withMade: readonly number[]): Comparison | undefined {
  const isDefined = (_loss: number, i: number) => Number.isFinite(without[i]) && Number.isFinite(withMade[i]);
  const [before, after] = [without.filter(isDefined), withMade.filter(isDefined)];
  return before.length < LEAST_PAIRS ? undefined : pairedComparison(before, after);
}

/** The part of each row. Parts may not know of one another: whole groups are dealt out, and time is cut into blocks. */
function partsOf(rows: Int32Array, forward: boolean, groups: Int32Array | undefined): Int32Array {
  if (groups !== undefined) {
    const places = new Map(
      [...new Set(Array.from(rows, (row) => groups[row]!))].map((group, i) => [group, i]),
    );
    return rows.map((row) => places.get(groups[row]!)! % PARTS);
  }
  return rows.map((_, i) => (forward ? Math.floor((i * PARTS) / rows.length) : i % PARTS));
}
