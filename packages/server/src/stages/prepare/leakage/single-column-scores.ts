import type { Column } from '../../ingest/index.ts';
import type { Binned } from './binned.ts';

/**
 * How well one column predicts the target by the mean of its bin, two-fold: each half is scored by the means of the
 * other, so that columns of many values cannot score by memory. `target[i]` is the class index or the number.
 */
export function rocAucOfColumn(binned: Binned, target: Float64Array): number {
  return rocAuc(crossMeans(binned, target), target);
}

/** ROC AUC of the number itself, upward or downward; needs no bins, so it holds for few rows too. 0.5 of words. */
export function rocAucOfOrder(column: Column, rows: Int32Array, target: Float64Array): number {
  if (column.type === 'string') return 0.5;
  const scores = Float64Array.from(rows, (row) => column.values[row]!);
  if (scores.some(Number.isNaN)) return 0.5;
  const auc = rocAuc(scores, target);
  return Math.max(auc, 1 - auc);
}

/** Squared correlation of the number itself with the target; 0 of words, and where values are missing. */
export function r2OfLine(column: Column, rows: Int32Array, target: Float64Array): number {
  if (column.type === 'string') return 0;
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  const [meanX, meanY] = [average(values), average(target)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [values[i]! - meanX, target[i]! - meanY];
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  return xx * yy > 0 ? (xy * xy) / (xx * yy) : 0;
}

/** Share of the variance of a number that the bins explain; negative when they explain nothing. */
export function r2OfColumn(binned: Binned, target: Float64Array): number {
  const fitted = crossMeans(binned, target);
  const mean = average(target);
  let residual = 0;
  let all = 0;
  target.forEach((value, i) => {
    residual += (value - fitted[i]!) ** 2;
    all += (value - mean) ** 2;
  });
  return all === 0 ? 0 : 1 - residual / all;
}

/** Share of rows whose class is the most frequent one of their bin in the other half. */
export function accuracyOfColumn(binned: Binned, target: Float64Array, classes: number): number {
  let right = 0;
  for (const half of [0, 1]) {
    const counts = new Map<number, Float64Array>();
    binned.bins.forEach((bin, i) => {
      if (i % 2 === half) return;
      const known = counts.get(bin) ?? new Float64Array(classes);
      known[target[i]!]!++;
      counts.set(bin, known);
    });
    const likeliest = new Map([...counts].map(([bin, count]) => [bin, count.indexOf(Math.max(...count))]));
    binned.bins.forEach((bin, i) => {
      if (i % 2 === half && likeliest.get(bin) === target[i]) right++;
    });
  }
  return right / target.length;
}

function crossMeans(binned: Binned, target: Float64Array): Float64Array {
  const overall = average(target);
  const means = new Float64Array(target.length);
  for (const half of [0, 1]) {
    const sums = new Float64Array(binned.count);
    const counts = new Float64Array(binned.count);
    for (let i = 1 - half; i < target.length; i += 2) {
      sums[binned.bins[i]!]! += target[i]!;
      counts[binned.bins[i]!]!++;
    }
    for (let i = half; i < target.length; i += 2) {
      const bin = binned.bins[i]!;
      means[i] = counts[bin] === 0 ? overall : sums[bin]! / counts[bin]!;
    }
  }
  return means;
}

/** Rank statistic of Mann and Whitney, ties at their middle rank. */
function rocAuc(scores: Float64Array, target: Float64Array): number {
  const order = Int32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    const middleRank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) {
      if (target[order[i]!] !== 1) continue;
      positives++;
      rankSum += middleRank;
    }
    from = to;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return 0.5;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function average(values: Float64Array): number {
  const first = values[0] ?? 0;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / Math.max(1, values.length);
}
