import type { Predictions } from '../train/index.ts';
import type { ValidationRequest } from './model.ts';

/** What anyone could say without a model: every row the shares of the classes in training, or the mean. */
export function baselinePredictions(
  { prior, task }: Pick<ValidationRequest, 'prior' | 'task'>,
  rows: number,
): Predictions {
  if ('mean' in prior) return { rows, outputs: 1, values: new Float64Array(rows).fill(prior.mean) };
  if (task === 'binary') {
    return { rows, outputs: 1, values: new Float64Array(rows).fill(prior.classShares[1]!) };
  }
  const outputs = prior.classShares.length;
  const values = Float64Array.from({ length: rows * outputs }, (_, i) => prior.classShares[i % outputs]!);
  return { rows, outputs, values };
}

/** @param of which rows the constant answer was fitted to */
export function describeBaseline(
  { prior, classes }: Pick<ValidationRequest, 'prior' | 'classes'>,
  of = 'the training rows',
): string {
  if ('mean' in prior) return `always the mean of ${of}, ${Number(prior.mean.toPrecision(6))}`;
  const most = prior.classShares.indexOf(Math.max(...prior.classShares));
  return `always the class shares of ${of}, so “${classes[most]}” as the answer`;
}
