import type { TargetVector } from '../../prepare/index.ts';
import type { Predictions } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';

/** A measure of quality as a function of how often each row was drawn; prepared once, evaluated a thousand times. */
export type Resampled = (draws: Uint16Array) => number;

/** What a statistic is prepared from: all rows, or the rows of a subsample. */
export type Judged = { target: TargetVector; predictions: Predictions; threshold: number };

/** The headline metric of each task. */
export const HEADLINE_STATISTIC: Record<ValidatedTask, (judged: Judged) => Resampled> = {
  binary: rocAucStatistic,
  multiclass: accuracyStatistic,
  regression: r2Statistic,
};

/** Sorts once; each draw is then one pass over the ranks, ties counting half. */
function rocAucStatistic({ target, predictions }: Judged): Resampled {
  const scores = predictions.values;
  const ranked = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const positive = Uint8Array.from(ranked, (row) => (target[row] === 1 ? 1 : 0));
  const endsTie = Uint8Array.from(ranked, (row, i) => (scores[row] === scores[ranked[i + 1]!] ? 0 : 1));
  return (draws) => {
    let [inside, outside, tiedInside, tiedOutside, area] = [0, 0, 0, 0, 0];
    for (let i = 0; i < ranked.length; i++) {
      const drawn = draws[ranked[i]!]!;
      if (positive[i]) tiedInside += drawn;
      else tiedOutside += drawn;
      if (!endsTie[i]) continue;
      area += tiedOutside * (inside + tiedInside / 2);
      inside += tiedInside;
      outside += tiedOutside;
      tiedInside = 0;
      tiedOutside = 0;
    }
    return inside === 0 || outside === 0 ? Number.NaN : area / (inside * outside);
  };
}

function accuracyStatistic({ target, predictions, threshold }: Judged): Resampled {
  const { outputs, values } = predictions;
  const hits = Float64Array.from(target, (truth, row) => {
    if (outputs === 1) return (values[row]! >= threshold ? 1 : 0) === truth ? 1 : 0;
    let best = 0;
    for (let k = 1; k < outputs; k++)
      if (values[row * outputs + k]! > values[row * outputs + best]!) best = k;
    return best === truth ? 1 : 0;
  });
  return meanStatistic(hits);
}

function r2Statistic({ target, predictions }: Judged): Resampled {
  const centre = target.reduce((sum, y) => sum + y, 0) / target.length;
  const y = target.map((value) => value - centre);
  const squaredError = target.map((value, row) => (value - predictions.values[row]!) ** 2);
  return (draws) => {
    let [count, sum, squares, errors] = [0, 0, 0, 0];
    for (let row = 0; row < y.length; row++) {
      const drawn = draws[row]!;
      count += drawn;
      sum += drawn * y[row]!;
      squares += drawn * y[row]! * y[row]!;
      errors += drawn * squaredError[row]!;
    }
    const variation = squares - (sum * sum) / count;
    return variation > 0 ? 1 - errors / variation : Number.NaN;
  };
}

/** The mean of a value each row has, such as its loss. */
export function meanStatistic(values: Float64Array): Resampled {
  return (draws) => {
    let [count, sum] = [0, 0];
    for (let row = 0; row < values.length; row++) {
      count += draws[row]!;
      sum += draws[row]! * values[row]!;
    }
    return sum / count;
  };
}
