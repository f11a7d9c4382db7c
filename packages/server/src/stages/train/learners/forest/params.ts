import { ANY, type Bound, within } from '../bounds.ts';
import type { SearchSpace } from '../search-space.ts';

/** What shapes a fit of a forest. */
export type ForestParams = {
  trees: number;
  /** Leaves of a tree at most; they are split best first. */
  leaves: number;
  /** Depth of a tree at most; 0 is no limit. */
  maxDepth: number;
  minRowsInLeaf: number;
  /** Share of the features that each node may be split by. 0 is the square root of their number. */
  featureFraction: number;
  /** Draw as many rows as there are with replacement for each tree (Breiman 2001); all rows otherwise. */
  bootstrap: boolean;
  /** Try one random cut for each feature and node instead of all (Geurts et al. 2006). */
  extraTrees: boolean;
  /** The mean of all rows counts as much as this many rows in each leaf. */
  smoothing: number;
};

export const RANDOM_FOREST_DEFAULTS: ForestParams = {
  trees: 48,
  leaves: 400,
  maxDepth: 0,
  minRowsInLeaf: 2,
  featureFraction: 0,
  bootstrap: true,
  extraTrees: false,
  smoothing: 0.5,
};

export const EXTRA_TREES_DEFAULTS: ForestParams = {
  ...RANDOM_FOREST_DEFAULTS,
  featureFraction: 0.8,
  bootstrap: false,
  extraTrees: true,
};

export const FOREST_BOUNDS: { [Name in keyof ForestParams]?: Bound } = {
  trees: within(1, 10_000, { whole: true }),
  leaves: within(2, 65_536, { whole: true }),
  maxDepth: within(0, 1024, { whole: true }),
  minRowsInLeaf: within(1, ANY, { whole: true }),
  featureFraction: within(0, 1),
};

export const FOREST_SPACE: SearchSpace<ForestParams> = {
  leaves: { kind: 'integer', low: 32, high: 1024, log: true },
  minRowsInLeaf: { kind: 'integer', low: 1, high: 30, log: true },
  featureFraction: { kind: 'real', low: 0.1, high: 1 },
  smoothing: { kind: 'real', low: 0.1, high: 10, log: true },
};
