/** Values whose mean is a level, at least. */
const LEAST_LEVEL = 12;
const MOST_GROWTH = 3;

/**
 * How much larger a series that is never negative is at one end than at another, by the means of its last season there: errors
 * of sales, counts and turnover grow with them. Both ends are counts of values from the first on.
 */
export function levelGrowth(
  values: ArrayLike<number>,
  { from, to }: { from: number; to: number },
  seasons: readonly number[],
): number {
  const length = Math.max(LEAST_LEVEL, ...seasons);
  const ratio = levelAt(values, to, length) / levelAt(values, from, length);
  return ratio > 0 ? Math.min(MOST_GROWTH, Math.max(1 / MOST_GROWTH, ratio)) : 1;
}

function levelAt(values: ArrayLike<number>, end: number, length: number): number {
  const begin = Math.max(0, end - length);
  let sum = 0;
  for (let i = begin; i < end; i++) sum += values[i]!;
  return sum / (end - begin);
}
