import { type Bound, within } from '../bounds.ts';
import type { SearchSpace } from '../search-space.ts';

/** What shapes a fit of neighbours. */
export type NeighboursParams = {
  /** Neighbours that count; 0 lets the validation rows choose. */
  k: number;
  /** Numbers remembered at most, rows times inputs: what a prediction costs. */
  cells: number;
  /** How strongly inputs that tell more of the target stretch distances: 0 not at all, 1 in proportion. */
  relevance: number;
  /** The mean of all rows counts as much as this many neighbours at no distance. */
  priorWeight: number;
};

export const NEIGHBOURS_DEFAULTS: NeighboursParams = { k: 0, cells: 20_000, relevance: 1, priorWeight: 0.5 };

export const NEIGHBOURS_BOUNDS: { [Name in keyof NeighboursParams]?: Bound } = {
  k: within(0, 10_000, { whole: true }),
  cells: within(2, 2_000_000, { whole: true }),
  relevance: within(0, 10),
};

export const NEIGHBOURS_SPACE: SearchSpace<NeighboursParams> = {
  relevance: { kind: 'real', low: 0, high: 2 },
  priorWeight: { kind: 'real', low: 0.1, high: 5, log: true },
};

/** Numbers of neighbours that validation rows choose from. */
export const NEIGHBOURHOODS = [3, 6, 12, 25, 50, 100] as const;
