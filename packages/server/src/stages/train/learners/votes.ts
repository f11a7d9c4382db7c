import type { TargetVector } from '../../prepare/index.ts';

/** Adds what a row says, `weight` times, to `into[at … at + outputs - 1]`: its number or 0 and 1, or 1 for its class. */
export function addVote(
  target: TargetVector,
  row: number,
  weight: number,
  into: Float64Array,
  at: number,
  outputs: number,
): void {
  if (outputs === 1) into[at]! += weight * target[row]!;
  else into[at + target[row]!]! += weight;
}

/** What rows say on average, by weight. */
export function meanVote(
  target: TargetVector,
  weights: Float64Array | undefined,
  rows: Int32Array,
  outputs: number,
): Float64Array {
  const sums = new Float64Array(outputs);
  let mass = 0;
  for (const row of rows) {
    const weight = weights ? weights[row]! : 1;
    addVote(target, row, weight, sums, 0, outputs);
    mass += weight;
  }
  return sums.map((sum) => sum / mass);
}
