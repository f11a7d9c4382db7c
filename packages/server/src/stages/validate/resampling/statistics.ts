import { answeredClasses, confusionOf, type Metric } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';
import type { Judged } from './judged.ts';
import { takeJudged } from './take-predictions.ts';

/** A measure of quality as a function of how often each row was drawn; prepared once, evaluated a thousand times. */
export type Resampled = (draws: Uint16Array) => number;

/** The headline metric of each task. */
export const HEADLINE_STATISTIC: Record<ValidatedTask, (judged: Judged) => Resampled> = {
  binary: rocAucStatistic,
  multiclass: accuracyStatistic,
  regression: r2Statistic,
};

/** Metrics that are the mean, or the root of the mean square, of what they are on each row alone. */
const POWER_OF_ROWS = new Map(
  Object.entries<1 | 2>({
    mae: 1,
    mape: 1,
    smape: 1,
    pinball: 1,
    'log-loss': 1,
    cost: 1,
    brier: 1,
    rmse: 2,
    rmsle: 2,
  }),
);

/**
 * Any metric as a function of the draws. One that fits no quicker form is computed anew on the rows drawn, which takes a
 * sort each time for some.
 */
export function metricStatistic(metric: Metric, judged: Judged): Resampled {
  const power = POWER_OF_ROWS.get(metric.id);
  if (power !== undefined) return rowsStatistic(metric, judged, power);
  if (metric.ofConfusion) return confusionStatistic(metric.ofConfusion, judged);
  if (metric.id === 'r2') return r2Statistic(judged);
  if (metric.id === 'roc-auc' && judged.predictions.outputs === 1) return rocAucStatistic(judged);
  return (draws) => {
    const { target, predictions } = takeJudged(judged, rowsDrawn(draws));
    return metric.compute(target, predictions, judged);
  };
}

function rowsStatistic(metric: Metric, judged: Judged, power: 1 | 2): Resampled {
  const values = Float64Array.from(judged.target, (_, row) => {
    const { target, predictions } = takeJudged(judged, Int32Array.of(row));
    return metric.compute(target, predictions, judged) ** power;
  });
  const mean = meanStatistic(values);
  return power === 1 ? mean : (draws) => Math.sqrt(mean(draws));
}

function confusionStatistic(score: NonNullable<Metric['ofConfusion']>, judged: Judged): Resampled {
  const { target, predictions } = judged;
  const cells = Int32Array.from(target, (_, row) => {
    const one = takeJudged(judged, Int32Array.of(row));
    return confusionOf(one.target, one.predictions, judged).counts.indexOf(1);
  });
  const { classes } = confusionOf(target, predictions, judged);
  return (draws) => {
    const counts = new Float64Array(classes * classes);
    let rows = 0;
    for (let row = 0; row < cells.length; row++) {
      counts[cells[row]!]! += draws[row]!;
      rows += draws[row]!;
    }
    return score({ classes, rows, counts });
  };
}

function rowsDrawn(draws: Uint16Array): Int32Array {
  const rows = new Int32Array(draws.reduce((sum, drawn) => sum + drawn, 0));
  let at = 0;
  for (let row = 0; row < draws.length; row++) for (let i = 0; i < draws[row]!; i++) rows[at++] = row;
  return rows;
}

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

function accuracyStatistic(judged: Judged): Resampled {
  const answers = answeredClasses(judged.predictions, judged);
  return meanStatistic(Float64Array.from(judged.target, (truth, row) => (answers[row] === truth ? 1 : 0)));
}

function r2Statistic({ target, predictions }: Judged): Resampled {
  const first = target[0] ?? 0;
  const centre = first + target.reduce((sum, y) => sum + (y - first), 0) / target.length;
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
