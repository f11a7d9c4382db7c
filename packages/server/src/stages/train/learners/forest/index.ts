import { unfitBy } from '../bounds.ts';
import type { Learner } from '../learner.ts';
import { fitForest } from './fit-forest.ts';
import {
  EXTRA_TREES_DEFAULTS,
  FOREST_BOUNDS,
  FOREST_SPACE,
  type ForestParams,
  RANDOM_FOREST_DEFAULTS,
} from './params.ts';

/** What both have in common. Folds settle on nothing. */
const forest: Pick<Learner, 'tasks' | 'space' | 'unfit' | 'fit' | 'settle' | 'bagging'> = {
  tasks: ['binary', 'multiclass', 'regression'],
  space: FOREST_SPACE,
  unfit: unfitBy(FOREST_BOUNDS),
  bagging: 'merge',
  fit: (data, params, context) => fitForest(data, params as ForestParams, context),
  settle: (settled) => settled[0]!,
};

/** Trees grown on rows drawn with replacement, each node by the best of some features. */
export const randomForest: Learner = {
  ...forest,
  id: 'random-forest',
  label: 'Random forest',
  defaults: RANDOM_FOREST_DEFAULTS,
};

/** Trees grown on all rows, each node by the best of random cuts. */
export const extraTrees: Learner = {
  ...forest,
  id: 'extra-trees',
  label: 'Extra trees',
  defaults: EXTRA_TREES_DEFAULTS,
};
