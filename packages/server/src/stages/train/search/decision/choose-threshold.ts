import type { DecisionCosts, ThresholdDecision } from '../../decision.ts';
import { METRICS, type Metric } from '../../metrics/index.ts';
import { bestThreshold, confusionAt, type Score } from './best-threshold.ts';
import { costThreshold } from './cost-threshold.ts';

/** Half is kept as long as its F1 is at least this share of the best there is. */
const GOOD_ENOUGH = 0.9;

/** Another threshold than one half must score this much better: near a half scores differ by chance. */
const WORTH = 0.002;

const F1: Score = METRICS.find(({ id }) => id === 'f1')!.ofConfusion!;

/**
 * The probability from which the positive class is answered, chosen on held-out rows, and why. With costs, where the expected cost is
 * least. For a metric that depends on it, where that metric is best. For others one half, which answers the more probable class and
 * is right most often, unless the positive class is so rare that half hardly ever finds it: then where F1 is best.
 */
export function chooseThreshold(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  { metric, costs }: { metric?: Metric; costs?: DecisionCosts } = {},
): ThresholdDecision {
  if (costs !== undefined) return costThreshold(target, probabilities, costs);
  const byMetric = metric?.ofConfusion && metric;
  const score = byMetric?.ofConfusion ?? F1;
  const name = byMetric?.label ?? 'F1';
  const best = bestThreshold(target, probabilities, score);
  const atHalf = score(confusionAt(target, probabilities, 0.5));
  const halfWillDo = byMetric ? atHalf >= best.score - WORTH : atHalf >= GOOD_ENOUGH * best.score;
  const [of, than] = [`${name} ${show(best.score)} on the out-of-fold predictions`, `${show(atHalf)} at 0.5`];
  if (!halfWillDo) {
    const rare = byMetric ? '' : ' The positive class is so rare that 0.5 hardly ever finds it.';
    return {
      threshold: best.threshold,
      by: byMetric ? 'metric' : 'f1',
      says: `Answers score best there: ${of}, against ${than}.${rare}`,
    };
  }
  const enough = byMetric
    ? `no other threshold scores more than ${WORTH} better: ${of} at best, ${than}`
    : `its F1 is at least nine tenths of the best: ${than}, ${show(best.score)} at best`;
  return {
    threshold: 0.5,
    by: byMetric ? 'metric' : 'default',
    says: `The more probable class is answered (0.5); ${enough}.`,
  };
}

/** The threshold that somebody set, with what it means on held-out rows. */
export function setThreshold(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  threshold: number,
): ThresholdDecision {
  const [rightNegative, falsePositive, missed, found] = confusionAt(target, probabilities, threshold).counts;
  const rows = probabilities.length.toLocaleString('en');
  const shares = [
    { of: 'of the positive rows', right: found!, all: found! + missed! },
    { of: 'of the negative rows', right: rightNegative!, all: rightNegative! + falsePositive! },
  ].flatMap(({ of, right, all }) => (all === 0 ? [] : [`${show((100 * right) / all)} % ${of}`]));
  return {
    threshold,
    by: 'given',
    says: `Set by the user. On ${rows} out-of-fold predictions it answers ${shares.join(' and ')} right.`,
  };
}

/** Four significant digits. */
function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}
