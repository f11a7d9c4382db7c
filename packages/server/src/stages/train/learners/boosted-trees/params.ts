import type { ObjectiveId } from '../../objectives/index.ts';
import type { SearchSpace } from '../search-space.ts';

/** What shapes a fit of boosted trees. Names and meanings follow LightGBM's. */
export type BoostedTreesParams = {
  /** Rounds of boosting at most; one tree a round and output. */
  rounds: number;
  learningRate: number;
  /** Leaves of a tree at most. */
  leaves: number;
  /** Depth of a tree at most; 0 is no limit. */
  maxDepth: number;
  minRowsInLeaf: number;
  minHessianInLeaf: number;
  minGain: number;
  l1: number;
  l2: number;
  /** Largest size of a leaf's score before the learning rate; 0 is no limit. */
  maxDelta: number;
  /** Rows that a node's score counts as when those of its children are drawn towards it; 0 is none. */
  pathSmoothing: number;
  /** How the prediction may go with each feature: 1 never falls, -1 never rises, 0 or not listed is free. */
  monotoneConstraints: readonly number[];
  /** Share of the features that each tree may use. */
  featureFraction: number;
  /** Share of its tree's features that each node may use, drawn anew for each. */
  featureFractionByNode: number;
  /** Share of the rows that each tree is grown on, drawn anew for each round. */
  baggingFraction: number;
  /** Try one random cut for each feature and node instead of all (Geurts et al. 2006). */
  extraTrees: boolean;
  /** Categories at most for one-against-the-rest splits; with more they are sorted and cut. */
  maxOneHot: number;
  /** Added to the hessian when categories are sorted; categories with fewer rows stay out of the cut. */
  categorySmoothing: number;
  /** L2 penalty added in sorted category splits. */
  categoryL2: number;
  /** Categories at most on the listed side of a sorted split. */
  maxCategoriesInSplit: number;
  /** Rows at least between two candidate cuts of sorted categories. */
  minRowsInCategoryGroup: number;
  /** Rounds without improvement of the validation loss after which boosting stops (grows with the best round). */
  patience: number;
  /** The loss; `auto` is log loss for classes and the squared error for numbers. */
  objective: ObjectiveId | 'auto';
  /** Which quantile the objective `quantile` is after. */
  alpha: number;
  /** Errors larger than this count linearly for the objective `huber`. */
  huberDelta: number;
  /** The power of the mean that the variance goes with, for the objective `tweedie`: 1 Poisson, 2 gamma. */
  tweediePower: number;
  /** What a row of each class counts as; none listed is 1 for all. */
  classWeights: readonly number[];
  /** What a row of the positive class of two counts as. */
  scalePosWeight: number;
};

/** What shapes one tree, whatever it is grown for. */
export type TreeParams = Omit<
  BoostedTreesParams,
  | 'rounds'
  | 'featureFraction'
  | 'baggingFraction'
  | 'patience'
  | 'objective'
  | 'alpha'
  | 'huberDelta'
  | 'tweediePower'
  | 'classWeights'
  | 'scalePosWeight'
>;

export const BOOSTED_TREES_DEFAULTS: BoostedTreesParams = {
  rounds: 1200,
  learningRate: 0.06,
  leaves: 31,
  maxDepth: 0,
  minRowsInLeaf: 20,
  minHessianInLeaf: 1e-3,
  minGain: 0,
  l1: 0,
  l2: 1,
  maxDelta: 0,
  pathSmoothing: 0,
  monotoneConstraints: [],
  featureFraction: 1,
  featureFractionByNode: 1,
  baggingFraction: 1,
  extraTrees: false,
  maxOneHot: 4,
  categorySmoothing: 10,
  categoryL2: 10,
  maxCategoriesInSplit: 32,
  minRowsInCategoryGroup: 100,
  patience: 20,
  objective: 'auto',
  alpha: 0.5,
  huberDelta: 1,
  tweediePower: 1.5,
  classWeights: [],
  scalePosWeight: 1,
};

/**
 * The ranges that TabArena searches for LightGBM, learning rates below 0.02 left out for short budgets, and what restrains categories
 * taken further: columns of hundreds of categories need it (see the portfolio).
 */
export const BOOSTED_TREES_SPACE: SearchSpace<BoostedTreesParams> = {
  learningRate: { kind: 'real', low: 0.02, high: 0.1, log: true },
  featureFraction: { kind: 'real', low: 0.4, high: 1 },
  baggingFraction: { kind: 'real', low: 0.7, high: 1 },
  leaves: { kind: 'integer', low: 4, high: 128, log: true },
  minRowsInLeaf: { kind: 'integer', low: 1, high: 64, log: true },
  extraTrees: { kind: 'choice', of: [false, true] },
  minRowsInCategoryGroup: { kind: 'integer', low: 2, high: 300, log: true },
  categoryL2: { kind: 'real', low: 0.005, high: 300, log: true },
  categorySmoothing: { kind: 'real', low: 0.01, high: 300, log: true },
  maxOneHot: { kind: 'integer', low: 4, high: 100, log: true },
  l1: { kind: 'real', low: 1e-4, high: 1, log: true },
  l2: { kind: 'real', low: 1e-4, high: 2, log: true },
};
