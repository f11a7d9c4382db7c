import { type Comparison, paysOff } from '../making/pays-off.ts';
import type { OpenTrial } from './open-trial.ts';
import type { Plan } from './plan.ts';
import { primaryLoss } from './primary-loss.ts';
import type { SearchState } from './search-state.ts';

/** Parts of the held-out rows that trials are compared on where folds are few. */
const PARTS = 8;
const FEW_FOLDS = 3;

/** Paired losses by fold, or by parts of the held-out rows where folds are few. */
export function compareTrials(
  state: SearchState,
  plan: Plan,
  without: OpenTrial,
  withMade: OpenTrial,
): Comparison {
  if (plan.folds >= FEW_FOLDS) {
    const folds = Array.from({ length: plan.folds }, (_, fold) => fold);
    const lossesOf = (trial: OpenTrial) => folds.map((fold) => trial.looks.get(fold)!);
    return paysOff(lossesOf(without), lossesOf(withMade));
  }
  const rows = state.folds.slice(0, plan.folds).flatMap(({ validation }) => Array.from(validation));
  const parts = Array.from({ length: PARTS }, (_, part) =>
    Int32Array.from(rows.filter((_row, i) => i % PARTS === part)),
  );
  const lossesOf = ({ margins }: OpenTrial) => parts.map((part) => primaryLoss(state, margins, part));
  return paysOff(lossesOf(without), lossesOf(withMade));
}
