import { unfitBy } from '../bounds.ts';
import type { Learner } from '../learner.ts';
import { fitNeighbours } from './fit-neighbours.ts';
import { NEIGHBOURS_BOUNDS, NEIGHBOURS_DEFAULTS, NEIGHBOURS_SPACE, type NeighboursParams } from './params.ts';

/** The mean of the nearest remembered rows. */
export const neighbours: Learner = {
  id: 'neighbours',
  label: 'Nearest neighbours',
  tasks: ['binary', 'multiclass', 'regression'],
  defaults: NEIGHBOURS_DEFAULTS,
  space: NEIGHBOURS_SPACE,
  unfit: unfitBy(NEIGHBOURS_BOUNDS),
  bagging: 'refit',
  fit: (data, params, context) => fitNeighbours(data, params as NeighboursParams, context),
  /** Folds vote for a number of neighbours; their geometric mean is it. */
  settle(settled) {
    const logs = settled.map((params) => Math.log(Number(params.k)));
    const k = Math.round(Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length));
    return { ...settled[0], k };
  },
};
