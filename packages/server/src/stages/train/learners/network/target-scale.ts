import type { Objective } from '../../objectives/index.ts';
import type { LearnerData } from '../learner.ts';

/** Margins are `scale` times what the network says, plus `center`. */
export type TargetScale = { center: number; scale: number };

/** Numbers are learnt standardised, since step sizes suit targets of size one; all else as it is. */
export function scaleOf({ link }: Objective, { target }: LearnerData, rows: Int32Array): TargetScale {
  if (link !== 'identity') return { center: 0, scale: 1 };
  let sum = 0;
  for (const row of rows) sum += target[row]!;
  const center = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (target[row]! - center) ** 2;
  return { center, scale: Math.sqrt(squares / rows.length) || 1 };
}
