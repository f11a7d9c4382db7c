import type { ColumnReference } from '../pack/index.ts';
import type { Contrast } from './drift-tests/index.ts';
import type { NotCompared, WindowProfile } from './model.ts';

const DAY = 86_400_000;
/** A window whose first and last prediction are so much of a cycle apart covers it. */
const COVERED = 0.95;
/** So many values at the end of the training's range, or beyond it, go on from there. */
const AT_THE_END = 0.9;

/** Whether, and why, the values of a column are not compared in this window. */
export function notCompared(
  { time }: Pick<ColumnReference, 'time'>,
  contrast: Contrast,
  window: Pick<WindowProfile, 'from' | 'to'>,
): NotCompared | undefined {
  if (time === undefined) return undefined;
  if (time.follows === 'cycle') {
    return daysOf(window) >= COVERED * time.days ? undefined : 'part-of-a-cycle';
  }
  if (time.by === 'row-order') return goesOn(contrast) ? 'advances-with-time' : undefined;
  return 'advances-with-time';
}

function daysOf({ from, to }: Pick<WindowProfile, 'from' | 'to'>): number {
  const span = from === null || to === null ? 0 : Date.parse(to) - Date.parse(from);
  return Number.isNaN(span) ? 0 : span / DAY;
}

/** Whether the window goes on at one end: in the outermost bin of the reference or beyond. */
function goesOn({ window: { cells, present } }: Contrast): boolean {
  const ends = [sum(cells.slice(0, 2)), sum(cells.slice(-2))];
  return present > 0 && Math.max(...ends) >= AT_THE_END * present;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
