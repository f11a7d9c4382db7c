import type { FeatureMatrix, TargetVector, Task, TextTerms } from '../prepare/index.ts';

/** How raw scores become predictions: identity (regression), logistic (binary), softmax (multiclass), exp (counts). */
export type Link = 'identity' | 'logistic' | 'softmax' | 'exp';

/**
 * The splits of a binary decision tree over the float32 features, as parallel arrays; node 0 is the root.
 *
 * `feature[n]` is -1 at a leaf. At a split on a numeric feature a row goes left when `x <= threshold[n]`; on a
 * categorical one when its code is in `categories[n]` (a sorted list of codes, null for numeric splits). A missing
 * value (NaN) goes left when `missingLeft[n]` is 1.
 */
export type Splits = {
  feature: number[];
  threshold: number[];
  categories: (number[] | null)[];
  left: number[];
  right: number[];
  missingLeft: number[];
  /** Weighted number of training rows that reached the node. */
  cover: number[];
};

/** A tree that adds a score to one output. */
export type Tree = Splits & {
  /** Index of the output this tree adds to; 0 unless multiclass. */
  output: number;
  /** At leaves the score to add; at splits the value the node would have as a leaf (for pruning and explanations). */
  value: number[];
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
 * What every term of a text adds to each output for each unit of its value: `weights[output][term]`. Models have these only
 * while they are trained; `settleTerms` makes features and linear terms of them.
 */
export type TermWeights = {
  /** Which of the texts of the training data. */
  text: number;
  weights: Float64Array[];
};

/** A tree of a forest: at leaves what it says of each output, at splits null. */
export type ForestTree = Splits & { says: (number[] | null)[] };

/**
 * The mean over trees of what their leaves say (Breiman 2001): a number, the share of the positive class, or the share
 * of each class. See `parts/margins-of-means.ts` for how means become margins.
 */
export type Forest = {
  kind: 'forest';
  trees: ForestTree[];
  /** Share that each class is given at least. */
  floor: number;
};

/**
 * Features as the inputs of arithmetic, in this order: every number of `numbers`, then 1 or 0 for each of them that has
 * a `flag`, then the row of each of `categories`.
 *
 * A number is `bend((x - center) / scale)`, where bend(z) = z / sqrt(1 + (z / 3)²) after z was cut to ±1000, so that outliers and
 * infinities stay finite (Holzmüller et al. 2024); a missing one is 0, and its flag 1.
 */
export type DenseInputs = {
  numbers: { feature: number; center: number; scale: number; flag: boolean }[];
  /** `rows[code]`, after the last code (the catch-all) one more row for missing. */
  categories: { feature: number; rows: number[][] }[];
};

/** A multilayer perceptron: each layer is `activation(input · weights + bias)`, the last one gives the margins. */
export type Network = {
  kind: 'network';
  inputs: DenseInputs;
  layers: DenseLayer[];
};

export type DenseLayer = {
  activation: Activation;
  /** Row-major: `weights[input * bias.length + output]`. */
  weights: number[];
  bias: number[];
};

/** `relu` is max(0, x), `silu` is x / (1 + exp(-x)). */
export type Activation = 'identity' | 'relu' | 'silu';

/**
 * The mean of what the nearest of some remembered rows say, by squared Euclidean distance over the dense inputs. A row
 * counts `max(0, 1 - distance / bandwidth)`, where the bandwidth is the distance of the one after the `k`-th nearest: so
 * `k` rows count, and an answer does not jump where neighbours change places (Epanechnikov's kernel, its width adapted
 * as Loftsgaarden and Quesenberry 1965 do).
 */
export type Neighbours = {
  kind: 'neighbours';
  inputs: DenseInputs;
  k: number;
  /** Row-major: the dense inputs of each remembered row. */
  points: number[];
  /** Of each remembered row what it says of each output, row-major: a number, or shares of 0 and 1. */
  says: number[];
  /** What all rows say on average; counts as much as `priorWeight` neighbours at distance 0. */
  prior: number[];
  priorWeight: number;
  /** Share that each class is given at least. */
  floor: number;
};

/** What every part has, whatever is in it. */
export type PartFrame = {
  /** Its margins are multiplied by this before they are added. */
  weight: number;
  /** The features it reads. What is in the part names them by their place in this list. */
  features: number[];
  /**
   * By place in `features`: the mean squared change of its margins, before weighting, summed over the outputs, when
   * the values of that feature are shuffled among rows.
   */
  influence: number[];
};

/** A function of the features that is no sum over trees or terms, as one summand of a model. */
export type Part = PartFrame & (Forest | Network | Neighbours);

/**
 * What every learner produces: raw score of output k = base[k] + sum of trees + sum of linear terms + sum of parts, then
 * the link. Boosted trees have no linear terms, a linear model no trees, a network is a part, a blend or a bag has many of
 * all: averages of models that share a link are one model of this form again, so pruning, export, explanation and the
 * fast engine see one form.
 */
export type AdditiveModel = {
  link: Link;
  /** 1 for regression and binary, the number of classes for multiclass. */
  outputs: number;
  base: number[];
  trees: Tree[];
  linear: LinearTerm[];
  parts: Part[];
  /** Of texts whose terms are learnt from one by one, while the model is trained. */
  terms?: TermWeights[];
};

/** What free texts give beside features. */
export type Texts = {
  /** Their terms, for learners that can look at thousands of them; none where there are too many rows for that. */
  terms: readonly TextTerms[];
  /** The features that were made of texts: they sum up what the terms say one by one. */
  features: readonly number[];
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
  texts?: Texts;
};

/**
 * Predictions of some rows: for regression and binary `values[row]` (the number, or the probability of the positive
 * class) with `outputs` 1; for multiclass probabilities, row-major, `values[row * outputs + class]`.
 */
export type Predictions = { rows: number; outputs: number; values: Float64Array };
