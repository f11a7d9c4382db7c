import { type Objective, totalWeight } from './objective.ts';

/** Shares are kept this far from 0 and 1, so that a class missing from a fold has a finite margin. */
const SMALLEST_SHARE = 1e-6;

export function sigmoid(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** Binary log loss. */
export const logistic: Objective = {
  id: 'logistic',
  link: 'logistic',
  base(target, weights, rows) {
    let positive = 0;
    for (const row of rows) positive += target[row]! * (weights ? weights[row]! : 1);
    const share = positive / totalWeight(weights, rows);
    const kept = Math.min(1 - SMALLEST_SHARE, Math.max(SMALLEST_SHARE, share));
    return [Math.log(kept / (1 - kept))];
  },
  derivatives(margins, target, weights, rows, gradients, hessians) {
    const gradient = gradients[0]!;
    const hessian = hessians[0]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const weight = weights ? weights[row]! : 1;
      const probability = 1 / (1 + Math.exp(-margins[row]!));
      gradient[row] = weight * (probability - target[row]!);
      hessian[row] = weight * probability * (1 - probability);
    }
  },
  loss(margins, target, weights, rows) {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const margin = margins[row]!;
      sum += (weights ? weights[row]! : 1) * (softplus(margin) - target[row]! * margin);
    }
    return sum / totalWeight(weights, rows);
  },
};
