import type { FeatureMatrix } from '../../../prepare/index.ts';
import { binsOf } from '../boosted-trees/index.ts';
import type { LearnerData } from '../learner.ts';
import { addVote, meanVote } from '../votes.ts';

/** A group of rows counts towards its own mean as it is when it has many more rows than this. */
const PRIOR_ROWS = 10;

/** Bins of numbers are gathered to this many groups. */
const GROUPS = 16;

/**
 * How much of the target each feature tells by itself: the root of epsilon squared (Kelley 1935), which is the share of
 * the target's variance that lies between groups of the feature's values, less what chance would put there; 0 to 1.
 */
export function correlationRatios(data: LearnerData, rows: Int32Array, outputs: number): Float64Array {
  const prior = meanVote(data.target, data.weights, rows, outputs);
  const spread = spreadOf(data, rows, outputs, prior);
  return Float64Array.from(data.binned.features, (_, feature) => {
    const { sums, counts } = sumsByGroup(data, rows, outputs, feature);
    const present = counts.filter((count) => count > 0).length;
    let between = 0;
    for (let group = 0; group < counts.length; group++) {
      for (let k = 0; k < outputs && counts[group]! > 0; k++) {
        between += (sums[group * outputs + k]! - counts[group]! * prior[k]!) ** 2 / counts[group]!;
      }
    }
    const chance = ((present - 1) * (spread - between)) / Math.max(1, rows.length - present);
    return spread > 0 ? Math.sqrt(Math.max(0, between - chance) / spread) : 0;
  });
}

/** The mean of what rows of each code say against that of all rows, in standard deviations; missing after the last. */
export function codedLevels(
  data: LearnerData,
  features: FeatureMatrix,
  feature: number,
  rows: Int32Array,
  outputs: number,
): number[][] {
  const levels = features.levels[feature]!;
  const column = features.columns[feature]!;
  const prior = meanVote(data.target, data.weights, rows, outputs);
  const deviation = Math.sqrt(spreadOf(data, rows, outputs, prior) / rows.length) || 1;
  const sums = new Float64Array((levels + 1) * outputs);
  const counts = new Float64Array(levels + 1);
  for (const row of rows) {
    const code = Number.isNaN(column[row]!) ? levels : column[row]!;
    addVote(data.target, row, 1, sums, code * outputs, outputs);
    counts[code]! += 1;
  }
  return Array.from(counts, (count, code) =>
    Array.from(
      prior,
      (mean, k) => (sums[code * outputs + k]! - count * mean) / (count + PRIOR_ROWS) / deviation,
    ),
  );
}

/** Neighbouring bins of numbers are one group, each category is one of its own, as are missing values. */
function sumsByGroup({ target, binned }: LearnerData, rows: Int32Array, outputs: number, feature: number) {
  const { valueBins, kind } = binned.features[feature]!;
  const bins = binsOf(binned, feature);
  const groups = kind === 'number' ? Math.min(GROUPS, valueBins) : valueBins;
  const sums = new Float64Array((groups + 1) * outputs);
  const counts = new Float64Array(groups + 1);
  for (const row of rows) {
    const bin = bins[row]!;
    const group = bin === valueBins ? groups : Math.floor((bin * groups) / valueBins);
    addVote(target, row, 1, sums, group * outputs, outputs);
    counts[group]! += 1;
  }
  return { sums, counts };
}

/** Squared distance of what rows say from the mean, summed. */
function spreadOf({ target }: LearnerData, rows: Int32Array, outputs: number, mean: Float64Array): number {
  let spread = 0;
  for (const row of rows) {
    for (let k = 0; k < outputs; k++) {
      const says = outputs === 1 ? target[row]! : Number(target[row] === k);
      spread += (says - mean[k]!) ** 2;
    }
  }
  return spread;
}
