import type { Confusion } from '../../metrics/index.ts';

export type Score = (confusion: Confusion) => number;

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

export function confusionAt(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  threshold: number,
): Confusion {
  const counts = new Float64Array(4);
  for (let i = 0; i < probabilities.length; i++)
    counts[2 * target[i]! + (probabilities[i]! >= threshold ? 1 : 0)]! += 1;
  return { classes: 2, rows: probabilities.length, counts };
}
