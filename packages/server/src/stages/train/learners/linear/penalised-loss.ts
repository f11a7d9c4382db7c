import type { Link } from '../../model.ts';
import { sigmoid } from '../../objectives/logistic.ts';
import { softmaxInto } from '../../objectives/softmax.ts';
import { addTransposed, type Design, type DesignMatrix, marginsOf } from './design.ts';
import type { SmoothFunction } from './l-bfgs.ts';

/** The rows a linear model is fitted to, laid out; the target of regression is standardised by the caller. */
export type LinearProblem = {
  design: Design;
  matrix: DesignMatrix;
  outputs: number;
  link: Link;
  target: Float64Array;
  weights: Float64Array | null;
};

/** Overwrites the margins, output by output, with the derivatives of each row's loss, and returns the weighted sum of losses. */
type SumOfLosses = (margins: Float64Array[], target: Float64Array, weights: Float64Array | null) => number;

/** Of the links that a linear model can be fitted with. */
const LOSSES: Partial<Record<Link, SumOfLosses>> = {
  identity: ([margins], target, weights) => {
    let sum = 0;
    for (let i = 0; i < target.length; i++) {
      const error = margins![i]! - target[i]!;
      margins![i] = error;
      sum += ((weights ? weights[i]! : 1) * error * error) / 2;
    }
    return sum;
  },
  logistic: ([margins], target, weights) => {
    let sum = 0;
    for (let i = 0; i < target.length; i++) {
      const margin = margins![i]!;
      margins![i] = sigmoid(margin) - target[i]!;
      const loss = Math.max(0, margin) + Math.log1p(Math.exp(-Math.abs(margin))) - target[i]! * margin;
      sum += (weights ? weights[i]! : 1) * loss;
    }
    return sum;
  },
  softmax: (margins, target, weights) => {
    const outputs = margins.length;
    const row = new Float64Array(outputs);
    let sum = 0;
    for (let i = 0; i < target.length; i++) {
      for (let k = 0; k < outputs; k++) row[k] = margins[k]![i]!;
      softmaxInto(row, 0, outputs, row, 0);
      for (let k = 0; k < outputs; k++) margins[k]![i] = row[k]! - (target[i] === k ? 1 : 0);
      sum -= (weights ? weights[i]! : 1) * Math.log(Math.max(row[target[i]!]!, Number.MIN_VALUE));
    }
    return sum;
  },
};

/**
 * Weighted mean loss plus `l2 / 2` times the squared coefficients, intercepts left free. Coefficients are laid out
 * output by output, `design.width` each.
 */
export function penalisedLoss(problem: LinearProblem, l2: number): SmoothFunction {
  const { design, matrix, outputs, target, weights } = problem;
  const sumOfLosses = LOSSES[problem.link]!;
  const margins = Array.from({ length: outputs }, () => new Float64Array(matrix.rows));
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : matrix.rows;
  return (coefficients, gradient) => {
    margins.forEach((output, k) => {
      marginsOf(design, matrix, coefficients, k * design.width, output);
    });
    const loss = sumOfLosses(margins, target, weights);
    gradient.fill(0);
    margins.forEach((residual, k) => {
      for (let i = 0; i < residual.length; i++) residual[i]! *= (weights ? weights[i]! : 1) / total;
      addTransposed(design, matrix, residual, gradient, k * design.width);
    });
    return loss / total + addPenalty(coefficients, gradient, design.width, l2);
  };
}

function addPenalty(coefficients: Float64Array, gradient: Float64Array, width: number, l2: number): number {
  let squares = 0;
  for (let i = 0; i < coefficients.length; i++) {
    if (i % width === 0) continue;
    squares += coefficients[i]! ** 2;
    gradient[i]! += l2 * coefficients[i]!;
  }
  return (l2 / 2) * squares;
}
