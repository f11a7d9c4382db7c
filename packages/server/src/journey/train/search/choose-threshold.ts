import { type Confusion, METRICS, type Metric } from '../metrics/index.ts';

/** Half is kept as long as its F1 is at least this share of the best there is. */
const GOOD_ENOUGH = 0.9;

/** Another threshold than one half must score this much better: near a half scores differ by chance. */
const WORTH = 0.002;

type Score = (confusion: Confusion) => number;

const F1: Score = METRICS.find(({ id }) => id === 'f1')!.ofConfusion!;

/**
 * The probability from which the positive class is answered, chosen on held-out rows. For a metric that depends on it,
 * where that metric is best. For others one half, which answers the more probable class and is right most often, unless
 * the positive class is so rare that half hardly ever finds it: then where F1 is best.
 */
export function chooseThreshold(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  metric?: Metric,
): number {
  const score = metric?.ofConfusion ?? F1;
  const best = bestThreshold(target, probabilities, score);
  const atHalf = score(confusionAt(target, probabilities, 0.5));
  const halfWillDo = metric?.ofConfusion ? atHalf >= best.score - WORTH : atHalf >= GOOD_ENOUGH * best.score;
  return halfWillDo ? 0.5 : best.threshold;
}

/** Walks the distinct probabilities downwards; the threshold lies midway to the next one below. */
export function bestThreshold(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  score: Score,
): { score: number; threshold: number } {
  const order = Uint32Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const confusion = confusionAt(target, probabilities, Number.POSITIVE_INFINITY);
  const { counts } = confusion;
  let best = { score: Number.NEGATIVE_INFINITY, threshold: 0.5 };
  for (let i = 0; i < order.length; i++) {
    const truth = target[order[i]!]!;
    counts[2 * truth]! -= 1;
    counts[2 * truth + 1]! += 1;
    const probability = probabilities[order[i]!]!;
    const below = i + 1 < order.length ? probabilities[order[i + 1]!]! : 0;
    if (below === probability) continue;
    const scored = score(confusion);
    if (scored > best.score) best = { score: scored, threshold: (probability + below) / 2 };
  }
  return best;
}

function confusionAt(target: ArrayLike<number>, probabilities: Float64Array, threshold: number): Confusion {
  const counts = new Float64Array(4);
  for (let i = 0; i < probabilities.length; i++)
    counts[2 * target[i]! + (probabilities[i]! >= threshold ? 1 : 0)]! += 1;
  return { classes: 2, rows: probabilities.length, counts };
}
