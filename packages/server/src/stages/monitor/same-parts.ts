import { ownValue } from '@slipway/contract';
import type { ColumnReference, NumberReference, PartReference, ReferenceProfile } from '../pack/index.ts';
import type { Moments } from './drift-tests/index.ts';
import type { WindowProfile } from './model.ts';

/** A part of the week that training has fewer rows of is taken as its day, and a day of fewer as any. */
const LEAST_ROWS = 20;

/**
 * The reference as it would be in the parts of the week that the window has: each weighs as much as in the window. Counts are those
 * of a sample with the same uncertainty, and so need not be whole numbers.
 */
export type SameParts = {
  counts: number[];
  other: number;
  missing: number;
  moments?: Moments;
  /** Of numbers outside the edges, which only traffic has. */
  below?: number;
  above?: number;
};

type Side = Pick<NumberReference, 'counts' | 'missing'> & {
  other?: number;
  mean?: number;
  standardDeviation?: number;
};

/** Undefined where the column is the same in all parts, or the reference has no week. */
export function columnOnSameParts(
  reference: Pick<ReferenceProfile, 'week'>,
  column: ColumnReference,
  window: Pick<WindowProfile, 'weekParts'>,
): SameParts | undefined {
  const parts = reference.week?.columns.find(({ name }) => name === column.name)?.parts;
  return parts && onSameParts(column, parts, window.weekParts, reference.week!.partsOfDay);
}

export function scoreOnSameParts(
  { score, week }: Pick<ReferenceProfile, 'score' | 'week'>,
  { weekParts }: Pick<WindowProfile, 'weekParts'>,
): SameParts | undefined {
  return week?.score && onSameParts(score, week.score, weekParts, week.partsOfDay);
}

/** Shares of the predicted classes in the parts of the week that the window has, and the rows they stand for. */
export function classesOnSameParts(
  { classShares, week }: Pick<ReferenceProfile, 'classShares' | 'week'>,
  { weekParts }: Pick<WindowProfile, 'weekParts'>,
  rows: number,
): { shares: Record<string, number>; rows: number } | undefined {
  if (week?.classes === undefined || classShares === undefined) return undefined;
  const names = Object.keys(classShares);
  const partCounts = week.classes.map((own) => ({
    counts: names.map((name) => ownValue(own, name) ?? 0),
    other: 0,
    missing: 0,
  }));
  const all = { counts: names.map((name) => (ownValue(classShares, name) ?? 0) * rows), missing: 0 };
  const blended = onSameParts(all, partCounts, weekParts, week.partsOfDay);
  if (blended === undefined) return undefined;
  const total = sum(blended.counts);
  const shares = Object.fromEntries(
    names.map((name, i) => [name, blended.counts[i]! / Math.max(1e-9, total)]),
  );
  return { shares, rows: total };
}

function onSameParts(
  all: Side,
  references: readonly PartReference[],
  weekParts: readonly number[],
  partsOfDay: number,
): SameParts | undefined {
  const rows = sum(weekParts);
  if (rows === 0) return undefined;
  const parts = weekParts.map((count, part) => {
    const side = sideOf(part, references, partsOfDay) ?? all;
    return { side, size: rowsOf(side), weight: count / rows };
  });
  const used = parts.filter(({ weight, size }) => weight > 0 && size > 0);
  if (used.length === 0) return undefined;
  // The shares of a weighted sum of samples are as sure as those of one sample of this size (Kish 1965).
  const size = 1 / sum(used.map(({ weight, size: own }) => weight ** 2 / own));
  const blend = (of: (side: Side) => number) =>
    size * sum(used.map(({ side, size: own, weight }) => (weight * of(side)) / own));
  return {
    counts: all.counts.map((_, cell) => blend((side) => side.counts[cell]!)),
    other: blend((side) => side.other ?? 0),
    missing: blend(({ missing }) => missing),
    ...(all.mean !== undefined && { moments: momentsOf(used) }),
  };
}

function sideOf(part: number, references: readonly PartReference[], partsOfDay: number): Side | undefined {
  const own = references[part];
  if (own === undefined || rowsOf(own) >= LEAST_ROWS) return own;
  const first = part - (part % partsOfDay);
  const day = together(references.slice(first, first + partsOfDay));
  return rowsOf(day) >= LEAST_ROWS ? day : undefined;
}

function together(parts: readonly PartReference[]): Side {
  const used = parts.map((side) => ({ side, size: Math.max(1, rowsOf(side)), weight: rowsOf(side) }));
  return {
    counts: parts[0]!.counts.map((_, cell) => sum(parts.map(({ counts }) => counts[cell]!))),
    other: sum(parts.map(({ other }) => other)),
    missing: sum(parts.map(({ missing }) => missing)),
    ...(parts[0]!.mean !== undefined && momentsOf(used)),
  };
}

function momentsOf(parts: readonly { side: Side; size: number; weight: number }[]): Moments {
  const weights = parts.map(({ side, size, weight }) => weight * (1 - side.missing / size));
  const total = Math.max(1e-12, sum(weights));
  const mean = sum(parts.map(({ side }, i) => weights[i]! * (side.mean ?? 0))) / total;
  const squares = parts.map(
    ({ side }, i) => weights[i]! * ((side.standardDeviation ?? 0) ** 2 + ((side.mean ?? 0) - mean) ** 2),
  );
  return { mean, standardDeviation: Math.sqrt(sum(squares) / total) };
}

function rowsOf({ counts, other = 0, missing }: Side): number {
  return sum(counts) + other + missing;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
