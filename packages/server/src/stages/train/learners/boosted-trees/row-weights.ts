import { fail } from '@slipway/contract';
import type { LearnerData } from '../learner.ts';
import type { BoostedTreesParams } from './params.ts';

/**
 * What each row counts as, its class's weight in it; undefined when all count as one. Throws `train.params-invalid` when
 * the weights of classes do not suit the task.
 */
export function weightsOfClasses(
  { task, classes, target, weights }: LearnerData,
  { classWeights, scalePosWeight }: Pick<BoostedTreesParams, 'classWeights' | 'scalePosWeight'>,
): Float64Array | undefined {
  const wanted = task === 'regression' ? 0 : classes;
  if (classWeights.length > 0 && classWeights.length !== wanted)
    throw refuse('classWeights', `there are ${classWeights.length} for ${wanted} classes`);
  if (scalePosWeight !== 1 && task !== 'binary')
    throw refuse('scalePosWeight', `it is for two classes, and the task is ${task}`);
  if (classWeights.length === 0 && scalePosWeight === 1) return weights;
  const ofClass = Array.from(
    { length: wanted },
    (_, k) => (classWeights[k] ?? 1) * (k === 1 ? scalePosWeight : 1),
  );
  return Float64Array.from(target, (k, row) => ofClass[k]! * (weights ? weights[row]! : 1));
}

function refuse(name: string, reason: string): Error {
  return fail('train.params-invalid', { name, reason }, { path: `params.${name}` });
}
