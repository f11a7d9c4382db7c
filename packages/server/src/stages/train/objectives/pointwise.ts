import type { Link } from '../model.ts';
import { type Objective, totalWeight } from './objective.ts';

/** A loss of one margin and one number, with its derivatives by the margin, before weights. */
export type Pointwise = {
  id: string;
  link: Link;
  allows?: Objective['allows'];
  base: Objective['base'];
  gradient(margin: number, y: number): number;
  hessian(margin: number, y: number): number;
  loss(margin: number, y: number): number;
  residualQuantile?: number;
};

/** The objective of a loss that looks at one row at a time. */
export function pointwise({ gradient, hessian, loss, ...rest }: Pointwise): Objective {
  return {
    ...rest,
    derivatives(margins, target, weights, rows, gradients, hessians) {
      const [into, intoHessian] = [gradients[0]!, hessians[0]!];
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        const weight = weights ? weights[row]! : 1;
        into[row] = weight * gradient(margins[row]!, target[row]!);
        intoHessian[row] = weight * hessian(margins[row]!, target[row]!);
      }
    },
    loss(margins, target, weights, rows) {
      let sum = 0;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        sum += (weights ? weights[row]! : 1) * loss(margins[row]!, target[row]!);
      }
      return sum / totalWeight(weights, rows);
    },
  };
}
