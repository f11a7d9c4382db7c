import { answeredClasses, type Predictions } from '../train/index.ts';
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

export function describeBaseline(
  request: Pick<ValidationRequest, 'prior' | 'classes' | 'task' | 'threshold' | 'costMatrix'>,
): string {
  const { prior, classes } = request;
  const rows = prior.of ?? 'the training rows';
  if ('mean' in prior) return `always the mean of ${rows}, ${Number(prior.mean.toPrecision(6))}`;
  const [answer] = answeredClasses(baselinePredictions(request, 1), request);
  return `always the class shares of ${rows}, so “${classes[answer!]}” as the answer`;
}
