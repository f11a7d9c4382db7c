import type { Objective } from '../../objectives/index.ts';
import type { FitContext, LearnerData } from '../learner.ts';
import { type Grower, share } from './grower.ts';

/** Rows from which their derivatives are worth sharing out among threads. */
const MANY_ROWS = 4096;

/** Brings the derivatives of every row learnt from up to date with the margins. */
export type Derive = (margins: Float64Array) => void;

/** Log loss has a kernel of its own; other losses are asked row by row. */
export function deriver(
  grower: Grower,
  objective: Objective,
  { target, weights }: LearnerData,
  { rows }: FitContext,
): Derive {
  const gradients = grower.derivatives.map(({ gradient }) => gradient);
  const hessians = grower.derivatives.map(({ hessian }) => hessian);
  if (objective.id !== 'logistic')
    return (margins) => objective.derivatives(margins, target, weights, rows, gradients, hessians);
  const { arena, jobs } = grower;
  const own = arena.int32(rows.length);
  own.set(rows);
  const targets = arena.float64(target.length);
  targets.set(target);
  const weightsOfRows = weights && arena.float64(weights.length);
  weightsOfRows?.set(weights!);
  return (margins) => {
    const job = {
      rows: own.byteOffset,
      count: rows.length,
      margins: margins.byteOffset,
      targets: targets.byteOffset,
      weights: weightsOfRows?.byteOffset ?? 0,
      gradient: gradients[0]!.byteOffset,
      hessian: hessians[0]!.byteOffset,
    };
    share(grower, jobs.logistic, job, rows.length >= MANY_ROWS);
  };
}
