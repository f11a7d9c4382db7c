import type { TargetVector } from '../../prepare/index.ts';
import type { Link } from '../model.ts';

/**
 * What is minimised, on the margin scale. Margins are row-major over all rows, `margins[row * outputs + output]`;
 * only the listed rows are read or written. Weights are one for each row, or undefined for all ones.
 */
export type Objective = {
  id: string;
  link: Link;
  /** Targets that it has a loss for; all when left out. */
  allows?: { target(y: number): boolean; says: string };
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
  /**
   * The quantile of the residuals that is the best constant, for losses whose second derivative is nought: leaves of trees
   * take it instead of a Newton step.
   */
  residualQuantile?: number;
};

/** Total weight of the rows. */
export function totalWeight(weights: Float64Array | undefined, rows: Int32Array): number {
  if (!weights) return rows.length;
  let sum = 0;
  for (const row of rows) sum += weights[row]!;
  return sum;
}

/** Weighted mean of the target over the rows. */
export function weightedMean(
  target: TargetVector,
  weights: Float64Array | undefined,
  rows: Int32Array,
): number {
  let sum = 0;
  for (const row of rows) sum += target[row]! * (weights ? weights[row]! : 1);
  return sum / totalWeight(weights, rows);
}
