import { answeredClasses, type DecisionRule } from '../../train/index.ts';
import {
  bootstrap,
  HEADLINE_STATISTIC,
  type Interval,
  intervalOf,
  meanStatistic,
  type Resampled,
  takeJudged,
} from '../../validate/index.ts';
import type { MonitorOptions } from '../options.ts';
import type { MonitoredModel } from '../ports.ts';
import type { Labelled } from './label-join.ts';

/** The rows that a measure is of, the hold-out's or labelled predictions. */
export type JudgedRows = Pick<Labelled, 'target' | 'predictions'> & DecisionRule;

/** A measure that decides whether performance has fallen. */
export type Measure = {
  id: string;
  name: string;
  better: 'higher' | 'lower';
  /** With its 95 % interval; null where it is not defined, such as the ROC AUC of a single class. */
  of(rows: JudgedRows, seed: number): Interval | null;
  /** How much worse than on the hold-out it may be. */
  tolerance(reference: number, options: Tolerances): number;
};

export type Tolerances = Pick<MonitorOptions, 'qualityTolerance' | 'errorTolerance'>;

/** One row weighs at most -ln(0.001) = 6.9 in the log loss, so that no single row decides. */
const LEAST_PROBABILITY = 0.001;
const Z95 = 1.959964;

/** Share of right answers; a class that the model does not know is answered wrongly. Wilson's interval, which no share breaks. */
const accuracy: Measure = {
  id: 'accuracy',
  name: 'Accuracy',
  better: 'higher',
  of(judged) {
    const { target } = judged;
    const answers = answeredClasses(judged.predictions, judged);
    const right = answers.reduce((sum, answer, row) => sum + (answer === target[row] ? 1 : 0), 0);
    return shareInterval(right, target.length);
  },
  tolerance: (_, { qualityTolerance }) => qualityTolerance,
};

/** Of the classes that the model knows. */
const rocAuc: Measure = {
  id: 'roc-auc',
  name: 'ROC AUC',
  better: 'higher',
  of: (rows, seed) => bootstrapped(knownOf(rows), (some) => HEADLINE_STATISTIC.binary(some), seed),
  tolerance: (_, { qualityTolerance }) => qualityTolerance,
};

/** In nats, of the classes that the model knows. */
const logLoss: Measure = {
  id: 'log-loss',
  name: 'Log loss',
  better: 'lower',
  of: (rows, seed) => bootstrapped(knownOf(rows), (some) => meanStatistic(lossOfRows(some)), seed),
  tolerance: (reference, { qualityTolerance, errorTolerance }) =>
    qualityTolerance + errorTolerance * reference,
};

const rmse: Measure = {
  id: 'rmse',
  name: 'RMSE',
  better: 'lower',
  of: (rows, seed) =>
    bootstrapped(
      rows,
      (some) => {
        const mean = meanStatistic(errorsOf(some).map((error) => error ** 2));
        return (draws) => Math.sqrt(mean(draws));
      },
      seed,
    ),
  tolerance: (reference, { errorTolerance }) => errorTolerance * reference,
};

const mae: Measure = {
  id: 'mae',
  name: 'MAE',
  better: 'lower',
  of: (rows, seed) =>
    bootstrapped(rows, (some) => meanStatistic(errorsOf(some).map((error) => Math.abs(error))), seed),
  tolerance: (reference, { errorTolerance }) => errorTolerance * reference,
};

/** The first of each task is always defined. R² decides nothing: it falls when the target varies less, at the same errors. */
export const MEASURES: Record<MonitoredModel['task'], readonly Measure[]> = {
  binary: [accuracy, rocAuc, logLoss],
  multiclass: [accuracy, logLoss],
  regression: [rmse, mae],
};

/** The headline metric of regression, which is reported beside the measures that decide. */
export function r2Of(rows: JudgedRows, seed: number): Interval | null {
  return bootstrapped(rows, (some) => HEADLINE_STATISTIC.regression(some), seed);
}

function bootstrapped(
  rows: JudgedRows,
  prepare: (rows: JudgedRows) => Resampled,
  seed: number,
): Interval | null {
  if (rows.target.length === 0) return null;
  const resamples = bootstrap((part) => [prepare(takeJudged(rows, part))], rows.target.length, seed);
  const interval = intervalOf(resamples, 0);
  return Object.values(interval).every(Number.isFinite) ? interval : null;
}

/** Without the rows of classes that the model does not know. */
export function knownOf(judged: JudgedRows): JudgedRows {
  const { target } = judged;
  const rows = Int32Array.from([...target.keys()].filter((row) => target[row]! >= 0));
  return rows.length === target.length ? judged : takeJudged(judged, rows);
}

function lossOfRows({ target, predictions: { outputs, values } }: JudgedRows): Float64Array {
  return target.map((truth, row) => {
    const stated =
      outputs > 1 ? values[row * outputs + truth]! : truth === 1 ? values[row]! : 1 - values[row]!;
    return -Math.log(Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, stated)));
  });
}

function errorsOf({ target, predictions }: JudgedRows): Float64Array {
  return target.map((truth, row) => truth - predictions.values[row]!);
}

/** Wilson's 95 % interval of a share; null of no rows. */
export function shareInterval(had: number, of: number): Interval | null {
  if (of === 0) return null;
  const [share, z2] = [had / of, Z95 ** 2];
  const centre = (share + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z95 / (1 + z2 / of)) * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of * of));
  return { value: share, low: Math.min(share, centre - half), high: Math.max(share, centre + half) };
}
