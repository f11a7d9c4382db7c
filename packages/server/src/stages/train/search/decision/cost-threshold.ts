import {
  costOf,
  type DecisionCosts,
  expectedCosts,
  impliedThreshold,
  type ThresholdDecision,
} from '../../decision.ts';
import { bestThreshold } from './best-threshold.ts';

/** Standard errors by which another threshold must be cheaper: the cheapest of many is so by chance too. */
const BEYOND_CHANCE = 2;

/**
 * The threshold of least expected cost. It is the one that the costs imply for true probabilities, unless another was cheaper on the
 * out-of-fold predictions by more than two standard errors, which shows that the probabilities are off.
 */
export function costThreshold(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  costs: DecisionCosts,
): ThresholdDecision {
  const implied = impliedThreshold(costs);
  const { fn, fp, tp, tn } = costs;
  const cheapest = bestThreshold(target, probabilities, ({ counts }) => {
    const [rightNegative, falsePositive, missed, found] = counts;
    return tn * rightNegative! + tp * found! - fp * falsePositive! - fn * missed!;
  }).threshold;
  const isCheaper = saves(target, probabilities, costs, { from: implied, to: cheapest }) > BEYOND_CHANCE;
  const threshold = isCheaper ? cheapest : implied;
  const expected = expectedCosts(target, probabilities, threshold, costs);
  const gains = tp === 0 && tn === 0 ? '' : `, a hit gains ${tp} and a right negative answer ${tn}`;
  const why = isCheaper
    ? `the cost is least at this threshold, beyond chance less than at ${show(implied)}, which they imply for exact probabilities`
    : 'they imply this threshold, and no other was cheaper beyond chance';
  const { chosen, half, alwaysPositive, alwaysNegative } = expected;
  return {
    threshold,
    by: 'costs',
    says: `A missed positive costs ${fn} and a false alarm ${fp}${gains}: ${why}. Expected cost per 1,000 rows, on ${probabilities.length.toLocaleString('en')} out-of-fold predictions: ${show(chosen)}; at 0.5 ${show(half)}, always answering positive ${show(alwaysPositive)}, always negative ${show(alwaysNegative)}.`,
    costs,
    expected: { ...expected, rows: probabilities.length },
  };
}

/** What answering by another threshold saves, in standard errors of its mean. */
function saves(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  costs: DecisionCosts,
  { from, to }: { from: number; to: number },
): number {
  let [sum, squares] = [0, 0];
  for (let row = 0; row < probabilities.length; row++) {
    const before = costOf(costs, target[row]!, probabilities[row]! >= from ? 1 : 0);
    const saved = before - costOf(costs, target[row]!, probabilities[row]! >= to ? 1 : 0);
    sum += saved;
    squares += saved * saved;
  }
  const spread = Math.sqrt(squares - (sum * sum) / probabilities.length);
  return spread > 0 ? sum / spread : 0;
}

/** Four significant digits. */
function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}
