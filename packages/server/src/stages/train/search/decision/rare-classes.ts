import type { LearnerParams } from '../../learners/index.ts';
import type { TrainingData } from '../../model.ts';

/** Classes with less than this share of what would be even are rare. */
const RARE = 0.2;

/**
 * Parameters that make rows of rare classes count more, by the root of how rare they are, in boosted trees; undefined
 * where no class is rare. What the weights do to the stated probabilities is undone after the fit.
 */
export function paramsForRareClasses({ task, target, classes }: TrainingData): LearnerParams | undefined {
  if (task === 'regression') return undefined;
  const counts = new Array<number>(classes).fill(0);
  for (const value of target) counts[value]! += 1;
  const even = target.length / classes;
  if (Math.min(...counts.filter((count) => count > 0)) >= RARE * even) return undefined;
  const weights = counts.map((count) => Number(Math.sqrt(even / Math.max(1, count)).toPrecision(4)));
  if (task === 'binary') return { scalePosWeight: Number((weights[1]! / weights[0]!).toPrecision(4)) };
  return { classWeights: weights };
}
