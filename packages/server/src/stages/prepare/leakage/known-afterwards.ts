import type { Column } from '../../ingest/index.ts';
import { isPresent } from '../present-values.ts';
import { isBeyondChance, logChanceOfOverlap, type Overlap } from './beyond-chance.ts';
import { overlapsOf, type RowClasses } from './class-counts.ts';
import { coincides, isSameButForFew, marksOnlyClass } from './coincidence.ts';

/** A class of the target, and on which rows of it a mark is. */
export type MarkedClass = {
  classKey: number;
  /** `exactly`: on those rows and hardly any other; `only`: on no others; `except`: on all rows but those. */
  how: 'exactly' | 'only' | 'except';
};

/** Whether values are there just where the target is one class, or only there. Beyond chance, by the rules of `coincidence.ts`. */
export function filledByClass(column: Column, classes: RowClasses, tries: number): MarkedClass | undefined {
  const overlaps = withKeys(classes, (row) => isPresent(column, row));
  for (const { classKey, overlap } of overlaps) {
    if (coincides(overlap, tries)) return { classKey, how: 'exactly' };
    if (coincides(inverse(overlap), tries)) return { classKey, how: 'except' };
  }
  for (const { classKey, overlap } of overlaps)
    if (marksOnlyClass(overlap, tries)) return { classKey, how: 'only' };
  return undefined;
}

/**
 * Whether one moment is later than another just where the target is one class; beside the column that orders the rows in
 * time also whether it is later only there, which says that it was written after the outcome.
 */
export function laterByClass(
  column: Column,
  other: Column,
  classes: RowClasses,
  { isTime, tries }: { isTime: boolean; tries: number },
): MarkedClass | undefined {
  if (column.type !== 'timestamp' || other.type !== 'timestamp') return undefined;
  const [x, t] = [column.values, other.values];
  for (const { classKey, overlap } of withKeys(classes, (row) => x[row]! > t[row]!)) {
    // Of two moments that tell the class between them, the later one of the rarer class came afterwards.
    const isRarer = isTime || 2 * overlap.inClass <= overlap.rows;
    if (isRarer && isSameButForFew(overlap) && isBeyondChance(logChanceOfOverlap(overlap), tries))
      return { classKey, how: 'exactly' };
    if (isTime && marksOnlyClass(overlap, tries)) return { classKey, how: 'only' };
  }
  return undefined;
}

function withKeys(classes: RowClasses, isMarked: (row: number) => boolean) {
  return overlapsOf(classes, isMarked).map((overlap, k) => ({ classKey: classes.keys[k]!, overlap }));
}

/** The same of the rows without a mark. */
function inverse({ rows, inClass, marked, both }: Overlap): Overlap {
  return { rows, inClass, marked: rows - marked, both: inClass - both };
}
