/** Half is kept as long as its F1 is at least this share of the best there is. */
const GOOD_ENOUGH = 0.9;

/** Another threshold than one half must score this much better: near a half scores differ by chance. */
const WORTH = 0.002;

/** Answers by kind at some threshold. */
type Answers = { hits: number; falseAlarms: number; misses: number; rejections: number };

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** Scores that depend on the threshold, by metric id; higher is better. */
const SCORES: Readonly<Record<string, (answers: Answers) => number>> = {
  accuracy: ({ hits, falseAlarms, misses, rejections }) =>
    ratio(hits + rejections, hits + falseAlarms + misses + rejections),
  'balanced-accuracy': ({ hits, falseAlarms, misses, rejections }) =>
    (ratio(hits, hits + misses) + ratio(rejections, rejections + falseAlarms)) / 2,
  f1: ({ hits, falseAlarms, misses }) => ratio(2 * hits, 2 * hits + falseAlarms + misses),
  mcc: ({ hits, falseAlarms, misses, rejections }) =>
    ratio(
      hits * rejections - falseAlarms * misses,
      Math.sqrt((hits + falseAlarms) * (hits + misses) * (rejections + falseAlarms) * (rejections + misses)),
    ),
};

/**
 * The probability from which the positive class is answered, chosen on held-out rows. For a metric that depends on it,
 * where that metric is best. For others one half, which answers the more probable class and is right most often, unless
 * the positive class is so rare that half hardly ever finds it: then where F1 is best.
 */
export function chooseThreshold(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  metric = 'none',
): number {
  const chosen = Object.hasOwn(SCORES, metric);
  const score = SCORES[chosen ? metric : 'f1']!;
  const best = bestThreshold(target, probabilities, score);
  const atHalf = score(answersAt(target, probabilities, 0.5));
  const halfWillDo = chosen ? atHalf >= best.score - WORTH : atHalf >= GOOD_ENOUGH * best.score;
  return halfWillDo ? 0.5 : best.threshold;
}

/** The highest score at any threshold. */
export function bestScore(target: ArrayLike<number>, probabilities: Float64Array, metric: string): number {
  return bestThreshold(target, probabilities, SCORES[metric]!).score;
}

/** Walks the distinct probabilities downwards; the threshold lies midway to the next one below. */
function bestThreshold(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  score: (answers: Answers) => number,
): { score: number; threshold: number } {
  const order = Uint32Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const positives = countOf(target);
  let best = { score: Number.NEGATIVE_INFINITY, threshold: 0.5 };
  let hits = 0;
  for (let i = 0; i < order.length; i++) {
    const probability = probabilities[order[i]!]!;
    const below = i + 1 < order.length ? probabilities[order[i + 1]!]! : 0;
    hits += target[order[i]!]!;
    if (below === probability) continue;
    const scored = score(answersOf(hits, i + 1, positives, order.length));
    if (scored > best.score) best = { score: scored, threshold: (probability + below) / 2 };
  }
  return best;
}

function answersAt(target: ArrayLike<number>, probabilities: Float64Array, threshold: number): Answers {
  let hits = 0;
  let answered = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const answer = probabilities[i]! >= threshold ? 1 : 0;
    hits += answer * target[i]!;
    answered += answer;
  }
  return answersOf(hits, answered, countOf(target), probabilities.length);
}

function answersOf(hits: number, answered: number, positives: number, rows: number): Answers {
  const falseAlarms = answered - hits;
  return { hits, falseAlarms, misses: positives - hits, rejections: rows - positives - falseAlarms };
}

function countOf(target: ArrayLike<number>): number {
  let positives = 0;
  for (let i = 0; i < target.length; i++) positives += target[i]!;
  return positives;
}
