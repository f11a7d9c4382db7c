import { type Objective, totalWeight } from './objective.ts';

/** Half the squared error. */
export const squaredError: Objective = {
  id: 'squared-error',
  link: 'identity',
  base(target, weights, rows) {
    let sum = 0;
    for (const row of rows) sum += target[row]! * (weights ? weights[row]! : 1);
    return [sum / totalWeight(weights, rows)];
  },
  derivatives(margins, target, weights, rows, gradients, hessians) {
    const gradient = gradients[0]!;
    const hessian = hessians[0]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const weight = weights ? weights[row]! : 1;
      gradient[row] = weight * (margins[row]! - target[row]!);
      hessian[row] = weight;
    }
  },
  loss(margins, target, weights, rows) {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const error = margins[row]! - target[row]!;
      sum += (weights ? weights[row]! : 1) * error * error;
    }
    return sum / (2 * totalWeight(weights, rows));
  },
};
