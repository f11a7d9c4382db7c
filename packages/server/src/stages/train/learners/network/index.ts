import { unfitBy } from '../bounds.ts';
import type { Learner } from '../learner.ts';
import { fitNetwork } from './fit-network.ts';
import { NETWORK_BOUNDS, NETWORK_DEFAULTS, NETWORK_SPACE, type NetworkParams } from './params.ts';

export { type MatrixKernels, openMatrixKernels } from './kernels/matrix-kernels.ts';

/** A small multilayer perceptron with embeddings for categories. */
export const network: Learner = {
  id: 'network',
  label: 'Neural network',
  tasks: ['binary', 'multiclass', 'regression'],
  defaults: NETWORK_DEFAULTS,
  space: NETWORK_SPACE,
  unfit: unfitBy(NETWORK_BOUNDS),
  bagging: 'average',
  fit: (data, params, context) => fitNetwork(data, params as NetworkParams, context),
  /** As many passes as the folds stopped at on average. */
  settle(settled) {
    const passes = settled.reduce((sum, params) => sum + Number(params.stopAfter), 0) / settled.length;
    return { ...settled[0], stopAfter: Math.max(1, Math.round(passes)) };
  },
};
