import type { TargetVector } from '../../stages/prepare/index.ts';
import type { Predictions } from '../../stages/train/index.ts';
import {
  ORIGINAL_HOLDOUT,
  RECENT_ROWS,
  type ValidationDataset,
  type ValidationRequest,
} from '../../stages/validate/index.ts';
import type { Champion } from './champion.ts';
import type { PreparedRows } from './prepare-rows.ts';

/**
 * The parts of the hold-out that champion and challenger are compared on: the champion's own hold-out and the rows that came
 * after its training. One set decides nothing of the other: a challenger may be better on many new rows and worse on what
 * the champion was chosen for. A set on which the primary metric is not defined is left out.
 */
export function comparisonSets(
  prepared: PreparedRows,
  candidate: Predictions,
  champion: Champion | null,
): ValidationDataset[] {
  if (champion === null) return [];
  const { growth, holdout } = prepared;
  if (growth === null) return [];
  const comparable = new Set(champion.comparable);
  const original = growth.holdout.original.filter((place) => comparable.has(place));
  const recent = growth.holdout.recent;
  const classes = prepared.preparation.classes.length;
  const setOf = (name: string, places: Int32Array, prior?: ValidationRequest['prior']) => ({
    name,
    target: takeTarget(holdout.target, places),
    candidate: takePredictions(candidate, places),
    champion: takePredictions(champion.predictions, places),
    ...(prior && { prior }),
  });
  const appended = growth.appendedTrain;
  return [
    setOf(ORIGINAL_HOLDOUT, original),
    setOf(
      RECENT_ROWS,
      recent,
      appended.length === 0 ? undefined : { ...priorOf(appended, classes), of: 'training rows like these' },
    ),
  ].filter(({ target }) => isMeasurable(target));
}

/** A metric needs two different outcomes. */
export function isMeasurable(target: TargetVector): boolean {
  return target.length >= 2 && target.some((value) => value !== target[0]);
}

/** What a constant prediction knows of rows: their mean, or the share of each class. */
export function priorOf(target: TargetVector, classes: number): ValidationRequest['prior'] {
  const rows = target.length;
  if (classes === 0) return { mean: target.reduce((sum, value) => sum + value, 0) / rows };
  const classShares = new Array<number>(classes).fill(0);
  for (const index of target) classShares[index]! += 1 / rows;
  return { classShares };
}

export function takeTarget(target: TargetVector, places: Int32Array): TargetVector {
  return Float64Array.from(places, (place) => target[place]!);
}

export function takePredictions({ outputs, values }: Predictions, places: Int32Array): Predictions {
  const taken = new Float64Array(places.length * outputs);
  places.forEach((place, at) => {
    taken.set(values.subarray(place * outputs, (place + 1) * outputs), at * outputs);
  });
  return { rows: places.length, outputs, values: taken };
}
