import type { SearchSpace } from '../search-space.ts';

/** What shapes a linear fit. */
export type LinearParams = {
  /**
   * Weight of the squared coefficients of standardised features against the mean loss. 0 lets the validation rows
   * choose from {@link STRENGTHS}; without validation rows it is then the middle one.
   */
  l2: number;
  /** Steps of the solver at most, for each strength. */
  maxSteps: number;
};

export const LINEAR_DEFAULTS: LinearParams = { l2: 0, maxSteps: 100 };

export const LINEAR_SPACE: SearchSpace<LinearParams> = {};

/** Strengths tried from strong to weak, each starting where the former ended. */
export const STRENGTHS = [1, 0.25, 0.06, 0.015, 0.004, 0.001, 0.00025, 0.00006, 0.00001] as const;
