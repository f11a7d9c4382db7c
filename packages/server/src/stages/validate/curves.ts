import type { TargetVector } from '../prepare/index.ts';
import type { CurvePoint, ThresholdRow } from './model.ts';

const MOST_POINTS = 200;

/** Hits and false alarms when every score of at least `threshold` counts as positive. */
type Cut = { threshold: number; hits: number; alarms: number };

/** One cut at every distinct score, from the strictest on. */
function cutsOf(target: TargetVector, scores: Float64Array): Cut[] {
  const ranked = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const cuts: Cut[] = [];
  let [hits, alarms] = [0, 0];
  ranked.forEach((row, i) => {
    if (target[row] === 1) hits++;
    else alarms++;
    if (scores[row] !== scores[ranked[i + 1]!]) cuts.push({ threshold: scores[row]!, hits, alarms });
  });
  return cuts;
}

/** The receiver operating characteristic and the precision-recall curve, thinned evenly to 200 points each. */
export function curvesOf(
  target: TargetVector,
  scores: Float64Array,
): { roc: CurvePoint[]; precisionRecall: CurvePoint[] } {
  const cuts = cutsOf(target, scores);
  const { hits: positives, alarms: negatives } = cuts.at(-1) ?? { hits: 0, alarms: 0 };
  if (positives === 0 || negatives === 0) return { roc: [], precisionRecall: [] };
  const kept = thin(cuts, MOST_POINTS - 1);
  const roc = kept.map(({ threshold, hits, alarms }) => ({
    threshold,
    x: alarms / negatives,
    y: hits / positives,
  }));
  const precisionRecall = kept.map(({ threshold, hits, alarms }) => ({
    threshold,
    x: hits / positives,
    y: hits / (hits + alarms),
  }));
  return {
    roc: [{ threshold: null, x: 0, y: 0 }, ...roc],
    precisionRecall: [{ threshold: null, x: 0, y: 1 }, ...precisionRecall],
  };
}

function thin<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]!);
}

/** What each threshold from 0.05 to 0.95 would give. */
export function thresholdTable(target: TargetVector, scores: Float64Array): ThresholdRow[] {
  const positives = target.reduce((sum, truth) => sum + truth, 0);
  const cuts = cutsOf(target, scores);
  return Array.from({ length: 19 }, (_, i) => {
    const threshold = (i + 1) / 20;
    const last = cuts.findLast((cut) => cut.threshold >= threshold);
    return thresholdRow(threshold, last?.hits ?? 0, last?.alarms ?? 0, positives, target.length);
  });
}

function thresholdRow(
  threshold: number,
  hits: number,
  alarms: number,
  positives: number,
  rows: number,
): ThresholdRow {
  const negatives = rows - positives;
  return {
    threshold,
    precision: ratio(hits, hits + alarms),
    recall: ratio(hits, positives),
    f1: ratio(2 * hits, hits + alarms + positives),
    accuracy: ratio(hits + negatives - alarms, rows),
    falsePositiveRate: ratio(alarms, negatives),
    answered: ratio(hits + alarms, rows),
    specificity: ratio(negatives - alarms, negatives),
    npv: ratio(negatives - alarms, rows - hits - alarms),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
