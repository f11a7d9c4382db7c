import type { OptimizationResult } from '@slipway/contract';
import type { Trial } from '../../stages/optimize/index.ts';

/** What came of it, in a sentence or two. */
export function sayOutcome(
  table: readonly Trial[],
  chosen: number,
  { metric, before, verified, data }: OptimizationResult['judgedBy'],
): string {
  const [was, best] = [table[0]!, table[chosen]!];
  const judged = verified ? '' : ` Judged by ${data}: its predictions on real rows were not evaluated.`;
  if (chosen === 0)
    return `The model stays as it is: nothing within the limit is smaller or faster.${judged}`;
  const times = (a: number | null, b: number | null) => (Number(a) / Math.max(Number(b), 1e-9)).toFixed(2);
  return (
    `${best.technique}: ${times(was.bytes, best.bytes)} times smaller, one row ${times(was.oneRowMicroseconds, best.oneRowMicroseconds)} times as fast; ` +
    `${metric} ${before.toPrecision(5)} before and ${best.quality!.toPrecision(5)} after.${judged}`
  );
}
