import type { TargetVector } from '../../prepare/index.ts';
import type { DecisionRule } from '../decision.ts';
import type { Predictions } from '../model.ts';
import { answeredClasses, classCount } from './class-probabilities.ts';

/** Rows by true class and answered class: `counts[truth * classes + answer]`. */
export type Confusion = { classes: number; rows: number; counts: Float64Array };

export function confusionOf(target: TargetVector, predictions: Predictions, rule: DecisionRule): Confusion {
  const classes = classCount(predictions);
  const answers = answeredClasses(predictions, rule);
  const counts = new Float64Array(classes * classes);
  for (let row = 0; row < answers.length; row++) counts[target[row]! * classes + answers[row]!]! += 1;
  return { classes, rows: answers.length, counts };
}

/** Of one class: how many rows are it and answered so, how many are it, how many are answered so. */
export type ClassTally = { hit: number; actual: number; answered: number };

export function tallyOf(confusion: Confusion, k: number): ClassTally {
  const { classes, counts } = confusion;
  let actual = 0;
  let answered = 0;
  for (let other = 0; other < classes; other++) {
    actual += counts[k * classes + other]!;
    answered += counts[other * classes + k]!;
  }
  return { hit: counts[k * classes + k]!, actual, answered };
}

/**
 * A score for each class, summarised as the field does: of the positive class for binary, the plain mean over the
 * classes that occur (in truth or answers) for multiclass.
 */
export function macroScore(confusion: Confusion, score: (tally: ClassTally) => number): number {
  if (confusion.rows === 0) return Number.NaN;
  if (confusion.classes === 2) return score(tallyOf(confusion, 1));
  let sum = 0;
  let present = 0;
  for (let k = 0; k < confusion.classes; k++) {
    const tally = tallyOf(confusion, k);
    if (tally.actual + tally.answered === 0) continue;
    sum += score(tally);
    present++;
  }
  return sum / present;
}

/** A ratio that is 0 when there is nothing to divide by (scikit-learn's `zero_division=0`). */
export function ratioOrZero(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
