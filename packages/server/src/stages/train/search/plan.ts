/** How thoroughly the budget allows to search. */
export type Plan = {
  /** How many of the folds are fitted. */
  folds: number;
  /** What learning rates are multiplied by: a hurry learns in bigger steps. */
  learningRateMultiplier: number;
};
