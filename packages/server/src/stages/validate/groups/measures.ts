import { answeredClasses } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';
import type { Judged } from '../resampling/index.ts';
import { calibrationOf, type Estimate, meanOf, shareOf } from './estimate.ts';

/** What groups are compared by, of the rows of one group; a measure that they do not define is left out. */
export const MEASURES: Record<ValidatedTask, (rows: Judged) => Map<string, Estimate>> = {
  binary: ofBinary,
  multiclass: ofClasses,
  regression: ofNumbers,
};

/** Those that are shares, of which ratios are told too. */
export const RATIOS: readonly string[] = ['selection-rate', 'true-positive-rate', 'false-positive-rate'];

function ofBinary(judged: Judged): Map<string, Estimate> {
  const { target, predictions } = judged;
  const answers = answeredClasses(predictions, judged);
  let [selected, positives, hits] = [0, 0, 0];
  target.forEach((truth, row) => {
    selected += answers[row]!;
    positives += truth;
    hits += truth * answers[row]!;
  });
  const negatives = target.length - positives;
  return defined([
    ['selection-rate', shareOf(selected, target.length)],
    ['true-positive-rate', shareOf(hits, positives)],
    ['false-positive-rate', shareOf(selected - hits, negatives)],
    ['calibration', calibrationOf(predictions.values, target)],
  ]);
}

function ofClasses(judged: Judged): Map<string, Estimate> {
  const { target, predictions } = judged;
  const answers = answeredClasses(predictions, judged);
  const { outputs, values } = predictions;
  const came = Float64Array.from(answers, (answer, row) => (answer === target[row] ? 1 : 0));
  const stated = Float64Array.from(answers, (answer, row) => values[row * outputs + answer]!);
  return defined([
    [
      'accuracy',
      shareOf(
        came.reduce((sum, hit) => sum + hit, 0),
        came.length,
      ),
    ],
    ['calibration', calibrationOf(stated, came)],
  ]);
}

function ofNumbers({ target, predictions }: Judged): Map<string, Estimate> {
  const errors = Float64Array.from(target, (truth, row) => predictions.values[row]! - truth);
  return defined([
    ['mean-error', meanOf(errors)],
    ['mae', meanOf(errors.map(Math.abs))],
  ]);
}

function defined(measures: readonly (readonly [string, Estimate])[]): Map<string, Estimate> {
  return new Map(
    measures.filter(([, { value, bounds }]) => {
      const { low, high } = bounds(2);
      return [value, low, high].every(Number.isFinite);
    }),
  );
}
