import { type Objective, totalWeight } from './objective.ts';

const SMALLEST_SHARE = 1e-6;

/** Turns `outputs` margins from `from` on into probabilities, written to `into` from `at` on. */
export function softmaxInto(
  margins: Float64Array,
  from: number,
  outputs: number,
  into: Float64Array,
  at: number,
): void {
  let highest = margins[from]!;
  for (let k = 1; k < outputs; k++) highest = Math.max(highest, margins[from + k]!);
  let sum = 0;
  for (let k = 0; k < outputs; k++) {
    const weight = Math.exp(margins[from + k]! - highest);
    into[at + k] = weight;
    sum += weight;
  }
  for (let k = 0; k < outputs; k++) into[at + k]! /= sum;
}

/** Multiclass log loss, one margin for each class. */
export const softmax: Objective = {
  id: 'softmax',
  link: 'softmax',
  base(target, weights, rows, outputs) {
    const mass = new Float64Array(outputs);
    for (const row of rows) mass[target[row]!]! += weights ? weights[row]! : 1;
    const total = totalWeight(weights, rows);
    return Array.from(mass, (m) => Math.log(Math.max(SMALLEST_SHARE, m / total)));
  },
  derivatives(margins, target, weights, rows, gradients, hessians) {
    const outputs = gradients.length;
    // The diagonal of the hessian is scaled as in Friedman (2001), eq. 34: the outputs are one too many.
    const scale = outputs / (outputs - 1);
    const probabilities = new Float64Array(outputs);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const weight = weights ? weights[row]! : 1;
      softmaxInto(margins, row * outputs, outputs, probabilities, 0);
      for (let k = 0; k < outputs; k++) {
        const probability = probabilities[k]!;
        gradients[k]![row] = weight * (probability - (target[row] === k ? 1 : 0));
        hessians[k]![row] = weight * scale * probability * (1 - probability);
      }
    }
  },
  loss(margins, target, weights, rows, outputs) {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const from = row * outputs;
      let highest = margins[from]!;
      for (let k = 1; k < outputs; k++) highest = Math.max(highest, margins[from + k]!);
      let mass = 0;
      for (let k = 0; k < outputs; k++) mass += Math.exp(margins[from + k]! - highest);
      const loss = highest + Math.log(mass) - margins[from + target[row]!]!;
      sum += loss * (weights ? weights[row]! : 1);
    }
    return sum / totalWeight(weights, rows);
  },
};
