/** Half is kept as long as its F1 is at least this share of the best there is. */
const GOOD_ENOUGH = 0.9;

/**
 * The probability from which the positive class is answered, chosen on held-out rows. One half answers the more
 * probable class and is right most often, so it stays, unless the positive class is so rare that half hardly ever
 * finds it: then the threshold with the best F1.
 */
export function chooseThreshold(target: ArrayLike<number>, probabilities: Float64Array): number {
  const best = bestF1(target, probabilities);
  return f1At(target, probabilities, 0.5) >= GOOD_ENOUGH * best.f1 ? 0.5 : best.threshold;
}

/** Walks the distinct probabilities downwards; the threshold lies midway to the next one below. */
function bestF1(target: ArrayLike<number>, probabilities: Float64Array): { f1: number; threshold: number } {
  const order = Uint32Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const positives = Array.prototype.reduce.call(
    target,
    (sum, value) => Number(sum) + Number(value),
    0,
  ) as number;
  let best = { f1: 0, threshold: 0.5 };
  let hits = 0;
  for (let i = 0; i < order.length; i++) {
    const probability = probabilities[order[i]!]!;
    const below = i + 1 < order.length ? probabilities[order[i + 1]!]! : 0;
    hits += target[order[i]!]!;
    if (below === probability) continue;
    const f1 = (2 * hits) / (i + 1 + positives);
    if (f1 > best.f1) best = { f1, threshold: (probability + below) / 2 };
  }
  return best;
}

function f1At(target: ArrayLike<number>, probabilities: Float64Array, threshold: number): number {
  let hits = 0;
  let answered = 0;
  let positives = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const answer = probabilities[i]! >= threshold ? 1 : 0;
    hits += answer * target[i]!;
    answered += answer;
    positives += target[i]!;
  }
  return answered + positives === 0 ? 0 : (2 * hits) / (answered + positives);
}
