import type { FeatureMatrix, TargetVector, Task } from '../prepare/index.ts';

/** How raw scores become predictions: identity (regression), logistic (binary), softmax (multiclass), exp (counts). */
export type Link = 'identity' | 'logistic' | 'softmax' | 'exp';

/**
 * A binary decision tree over the float32 features, as parallel arrays; node 0 is the root.
 *
 * `feature[n]` is -1 at a leaf, whose score is `value[n]`. At a split on a numeric feature a row goes left when
 * `x <= threshold[n]`; on a categorical one when its code is in `categories[n]` (a sorted list of codes, null for
 * numeric splits). A missing value (NaN) goes left when `missingLeft[n]` is 1.
 */
export type Tree = {
  /** Index of the output this tree adds to; 0 unless multiclass. */
  output: number;
  feature: number[];
  threshold: number[];
  categories: (number[] | null)[];
  left: number[];
  right: number[];
  missingLeft: number[];
  /** At leaves the score to add; at splits the value the node would have as a leaf (for pruning and explanations). */
  value: number[];
  /** Weighted number of training rows that reached the node. */
  cover: number[];
};

/** One additive term of the linear part, with one weight for each output. */
export type LinearTerm =
  | {
      kind: 'number';
      feature: number;
      /** The term is `weights * (x - center) / scale`, or `missingWeights` when x is NaN. */
      center: number;
      scale: number;
      weights: number[];
      missingWeights: number[];
    }
  | {
      kind: 'category';
      feature: number;
      /** `weights[code][output]`, one row for each code including the catch-all; missing takes `missingWeights`. */
      weights: number[][];
      missingWeights: number[];
    };

/**
 * What every learner produces: raw score of output k = base[k] + sum of trees + sum of linear terms, then the link.
 * Boosted trees have no linear part, a linear model no trees, a blend or a bag has both or many: averages of models
 * that share a link are one additive model again, so pruning, export, explanation and the fast engine see one form.
 */
export type AdditiveModel = {
  link: Link;
  /** 1 for regression and binary, the number of classes for multiclass. */
  outputs: number;
  base: number[];
  trees: Tree[];
  linear: LinearTerm[];
};

/** What a learner is given. Matrices are shared, never written to. */
export type TrainingData = {
  task: Exclude<Task, 'forecast'>;
  /** Number of classes; 0 for regression. */
  classes: number;
  features: FeatureMatrix;
  target: TargetVector;
  /** Row weights, or undefined for all ones. */
  weights?: Float64Array;
};

/**
 * Predictions of some rows: for regression and binary `values[row]` (the number, or the probability of the positive
 * class) with `outputs` 1; for multiclass probabilities, row-major, `values[row * outputs + class]`.
 */
export type Predictions = { rows: number; outputs: number; values: Float64Array };
