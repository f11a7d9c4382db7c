import type { Learner } from '../learner.ts';
import { fitLinear } from './fit-linear.ts';
import { LINEAR_DEFAULTS, LINEAR_SPACE, type LinearParams } from './params.ts';

/** Regularised linear models: ridge, logistic, multinomial. */
export const linear: Learner = {
  id: 'linear',
  label: 'Linear model',
  tasks: ['binary', 'multiclass', 'regression'],
  defaults: LINEAR_DEFAULTS,
  space: LINEAR_SPACE,
  bagging: 'average',
  fit: (data, params, context) => {
    const { texts: _, ...plain } = data;
    return fitLinear(params.text === false ? plain : data, params as LinearParams, context);
  },
  /** Folds vote for a strength; their geometric mean is it. */
  settle(settled) {
    const logs = settled.map((params) => Math.log(Number(params.l2)));
    const l2 = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
    return { ...settled[0], l2 };
  },
};
