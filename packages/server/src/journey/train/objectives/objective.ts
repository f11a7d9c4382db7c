import type { TargetVector } from '../../prepare/index.ts';
import type { Link } from '../model.ts';

/**
 * What is minimised, on the margin scale. Margins are row-major over all rows, `margins[row * outputs + output]`;
 * only the listed rows are read or written. Weights are one for each row, or undefined for all ones.
 */
export type Objective = {
  id: string;
  link: Link;
  /** The constant margins that minimise the loss. */
  base(target: TargetVector, weights: Float64Array | undefined, rows: Int32Array, outputs: number): number[];
  /** First and second derivatives of each row's weighted loss by its margins, laid out output by output. */
  derivatives(
    margins: Float64Array,
    target: TargetVector,
    weights: Float64Array | undefined,
    rows: Int32Array,
    gradients: Float32Array[],
    hessians: Float32Array[],
  ): void;
  /** Weighted mean loss: nats, or half the squared error. */
  loss(
    margins: Float64Array,
    target: TargetVector,
    weights: Float64Array | undefined,
    rows: Int32Array,
    outputs: number,
  ): number;
};

/** Total weight of the rows. */
export function totalWeight(weights: Float64Array | undefined, rows: Int32Array): number {
  if (!weights) return rows.length;
  let sum = 0;
  for (const row of rows) sum += weights[row]!;
  return sum;
}
