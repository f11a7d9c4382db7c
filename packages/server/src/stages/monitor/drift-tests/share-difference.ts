import { normalQuantile, normalTwoSided } from '../probability/index.ts';
import type { Finding } from './drift-test.ts';

/**
 * The difference of two shares, by the two-proportion z-test with continuity correction (small counts would
 * otherwise look surprising that are not). Null when neither sample has any.
 */
export function shareDifference(
  [referenceCount, referenceRows]: [number, number],
  [windowCount, windowRows]: [number, number],
  alpha: number,
): Finding | null {
  if (referenceRows === 0 || windowRows === 0 || referenceCount + windowCount === 0) return null;
  const pooled = (referenceCount + windowCount) / (referenceRows + windowRows);
  const scale = 1 / referenceRows + 1 / windowRows;
  const deviation = Math.sqrt(pooled * (1 - pooled) * scale);
  if (deviation === 0) return null;
  const effect = Math.abs(windowCount / windowRows - referenceCount / referenceRows);
  const correction = scale / 2;
  return {
    effect,
    chance: normalQuantile(1 - alpha / 2) * deviation + correction,
    pValue: normalTwoSided(Math.max(0, effect - correction) / deviation),
  };
}
