import { LEARNERS, type LearnerId } from '../../learners/index.ts';
import type { TrainingData } from '../../model.ts';
import type { Candidate } from './candidate.ts';

/**
 * Rows up to which a learner is tried by itself. A network passes all rows many times; with so many, trees are better in
 * the same time.
 */
const MOST_ROWS: Partial<Record<LearnerId, number>> = { network: 200_000 };

/** Whether the search should try the candidate on that many rows when nobody asked for its learner. */
function suitsRows({ learner }: Candidate, rows: number): boolean {
  return rows <= (MOST_ROWS[learner] ?? Number.POSITIVE_INFINITY);
}

/** Rows from which trees of many leaves are tried early. */
const MANY_ROWS = 5_000;

/** Categories of one feature from which trees that trust none of few rows are tried early. */
const MANY_LEVELS = 40;

/** Boosted trees with these parameters beside the defaults. */
function trees(params: Record<string, number | boolean>): Candidate {
  return { learner: 'boosted-trees', params: { ...LEARNERS['boosted-trees'].defaults, ...params } };
}

function defaultsOf(learner: LearnerId): Candidate {
  return { learner, params: LEARNERS[learner].defaults };
}

/**
 * What is tried first, in this order: plain boosting, the linear model, then variants that err differently, since
 * differing errors are what a blend gains from. After the zero-shot LightGBM configurations that AutoGluon publishes
 * (2025), with learning rates raised for budgets of seconds and minutes.
 */
export const PORTFOLIO: readonly Candidate[] = [
  trees({}),
  defaultsOf('linear'),
  trees({ extraTrees: true, minRowsInLeaf: 10, featureFraction: 0.8 }),
  defaultsOf('network'),
  trees({
    learningRate: 0.03,
    leaves: 39,
    minRowsInLeaf: 3,
    featureFraction: 0.462,
    baggingFraction: 0.877,
    extraTrees: true,
    l1: 0.238,
    l2: 0.355,
    categoryL2: 0.342,
    categorySmoothing: 15.4,
    maxOneHot: 16,
    minRowsInCategoryGroup: 9,
  }),
  trees({
    learningRate: 0.05,
    leaves: 8,
    minRowsInLeaf: 24,
    featureFraction: 0.6,
    baggingFraction: 0.815,
    l1: 0.437,
    l2: 0.3,
    categoryL2: 1,
    categorySmoothing: 1,
    maxOneHot: 28,
    minRowsInCategoryGroup: 10,
  }),
  trees({
    learningRate: 0.03,
    leaves: 84,
    minRowsInLeaf: 3,
    featureFraction: 0.528,
    baggingFraction: 0.978,
    l1: 0.0269,
    l2: 0.838,
    categoryL2: 0.155,
    categorySmoothing: 0.00931,
    maxOneHot: 42,
    minRowsInCategoryGroup: 75,
  }),
  trees({
    learningRate: 0.03,
    leaves: 64,
    minRowsInLeaf: 28,
    featureFraction: 0.553,
    baggingFraction: 0.992,
    extraTrees: true,
    l1: 0.914,
    l2: 1.9,
    categoryL2: 0.0143,
    categorySmoothing: 1.87,
    maxOneHot: 18,
    minRowsInCategoryGroup: 54,
  }),
  trees({
    learningRate: 0.04,
    leaves: 16,
    minRowsInLeaf: 1,
    featureFraction: 0.579,
    baggingFraction: 0.959,
    l1: 0.938,
    l2: 0.99,
    categoryL2: 1.9,
    categorySmoothing: 0.0215,
    maxOneHot: 27,
    minRowsInCategoryGroup: 39,
  }),
  trees({
    learningRate: 0.06,
    leaves: 5,
    minRowsInLeaf: 12,
    featureFraction: 0.733,
    baggingFraction: 0.854,
    extraTrees: true,
    l1: 0.241,
    l2: 0.298,
    categoryL2: 0.011,
    categorySmoothing: 5.09,
    maxOneHot: 67,
    minRowsInCategoryGroup: 93,
  }),
  trees({ learningRate: 0.03, leaves: 128, minRowsInLeaf: 3, featureFraction: 0.9 }),
  trees({
    learningRate: 0.03,
    leaves: 180,
    minRowsInLeaf: 12,
    featureFraction: 0.404,
    baggingFraction: 0.95,
    extraTrees: true,
    l1: 0.766,
    l2: 1.6,
    categoryL2: 0.216,
    categorySmoothing: 0.0638,
    maxOneHot: 11,
    minRowsInCategoryGroup: 3,
  }),
];

/**
 * For many rows: larger trees of random cuts, which keep gaining from rounds where the first of the portfolio stops. Log loss of
 * covertype's rows held out (8,000 to learn from) .473 by one fold model, .510 by plain boosting with as fast a rate; ROC AUC of
 * electricity's (36,250) .899 against .892.
 */
const LARGE_TREES = trees({
  learningRate: 0.1,
  leaves: 64,
  minRowsInLeaf: 3,
  featureFraction: 0.8,
  extraTrees: true,
});

/**
 * For features of many categories, which plain boosting learns by heart: categories of few rows stay out of cuts, and cuts by
 * category cost much. Log loss of diabetes readmission's rows held out (81,413 to learn from, three columns of 700 to 800
 * diagnoses) .866 by one fold model; .879 by plain boosting with as fast a rate.
 */
const FOR_MANY_LEVELS = trees({
  featureFraction: 0.4,
  minRowsInLeaf: 40,
  maxOneHot: 30,
  categoryL2: 200,
  categorySmoothing: 200,
  minRowsInCategoryGroup: 300,
});

/** The portfolio with what the data suggests, before the linear model, which takes half of a short budget where features are many. */
export function portfolioOf({ task, features: { rows, levels } }: TrainingData): Candidate[] {
  const fitting = PORTFOLIO.filter(
    (one) => LEARNERS[one.learner].tasks.includes(task) && suitsRows(one, rows),
  );
  if (rows < MANY_ROWS) return fitting;
  const [first, ...others] = fitting;
  const hasManyLevels = levels.some((count) => count >= MANY_LEVELS);
  return [first!, ...(hasManyLevels ? [FOR_MANY_LEVELS] : []), LARGE_TREES, ...others];
}
