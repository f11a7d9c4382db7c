/** Of a row, by truth and answer: what a wrong answer costs (`fn`, `fp`) and what a right one gains (`tp`, `tn`). */
export type DecisionCosts = { fn: number; fp: number; tp: number; tn: number };

/** What costs say about ways of answering: the mean cost of a row times 1,000. */
export type ExpectedCosts = {
  /** At the threshold that was chosen. */
  chosen: number;
  /** At a threshold of one half. */
  half: number;
  alwaysPositive: number;
  alwaysNegative: number;
};

/** What an answer costs on a row, `[true class][answered class]`, in the order of the classes; none is negative. */
export type CostMatrix = number[][];

/** How probabilities become a class. */
export type DecisionRule = {
  /** Binary: the positive class is answered when its probability is at least this. */
  threshold: number;
  /** Several classes: the one of least expected cost is answered. The most probable one when left out. */
  costMatrix?: CostMatrix;
};

/** The same of several classes. */
export type ExpectedClassCosts = {
  /** Of the class of least expected cost. */
  chosen: number;
  /** Of the most probable class. */
  mostProbable: number;
  /** Of always answering one class: that which costs least on these rows. */
  always: { class: string; cost: number };
};

/** Why which class is answered. */
export type ThresholdDecision = DecisionRule & {
  by: 'given' | 'costs' | 'metric' | 'f1' | 'default';
  /** In one or two sentences. */
  says: string;
  costs?: DecisionCosts;
  /** On the out-of-fold predictions of the training rows, by which it was chosen. */
  expected?: ExpectedCosts & { rows: number };
  /** The same of several classes. */
  expectedOfClasses?: ExpectedClassCosts & { rows: number };
};

/**
 * The threshold at which both answers cost the same where probabilities are true (Elkan 2001).
 *
 * @param costs with `fp + tn` and `fn + tp` above 0; else one answer would never cost less
 */
export function impliedThreshold({ fn, fp, tp, tn }: DecisionCosts): number {
  return (fp + tn) / (fp + tn + fn + tp);
}

/** What one row costs when it is answered so; a gain is below 0. */
export function costOf({ fn, fp, tp, tn }: DecisionCosts, truth: number, answer: number): number {
  if (truth === 1) return answer === 1 ? -tp : fn;
  return answer === 1 ? fp : -tn;
}

/** Mean cost per 1,000 rows of a binary model at its threshold and of simpler ways of answering. */
export function expectedCosts(
  target: ArrayLike<number>,
  probabilities: Float64Array,
  threshold: number,
  costs: DecisionCosts,
): ExpectedCosts {
  const from = (limit: number) => {
    let sum = 0;
    for (let row = 0; row < probabilities.length; row++)
      sum += costOf(costs, target[row]!, probabilities[row]! >= limit ? 1 : 0);
    return (1000 * sum) / probabilities.length;
  };
  return {
    chosen: from(threshold),
    half: from(0.5),
    alwaysPositive: from(Number.NEGATIVE_INFINITY),
    alwaysNegative: from(Number.POSITIVE_INFINITY),
  };
}

/** Costs of two classes as a matrix. */
export function matrixOf({ fn, fp, tp, tn }: DecisionCosts): CostMatrix {
  return [
    [-tn, fp],
    [fn, -tp],
  ];
}

/**
 * The place of the answered class: by costs that of least expected cost, Σ probability of a true class × cost of the answer on it
 * (Elkan 2001), else the most probable one; the first of equals.
 *
 * @param probabilities of each class, `classes` numbers from place `from` on
 */
export function decidedPlace(
  probabilities: ArrayLike<number>,
  from: number,
  classes: number,
  costMatrix: CostMatrix | undefined,
): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let answer = 0; answer < classes; answer++) {
    let cost = costMatrix === undefined ? -probabilities[from + answer]! : 0;
    if (costMatrix !== undefined)
      for (let truth = 0; truth < classes; truth++)
        cost += probabilities[from + truth]! * costMatrix[truth]![answer]!;
    if (cost < least) {
      best = answer;
      least = cost;
    }
  }
  return best;
}
