import { ownValue } from '@slipway/contract';
import type { ColumnReference, DayReference, NumberReference, ReferenceProfile } from '../pack/index.ts';
import type { Moments } from './drift-tests/index.ts';
import type { WindowProfile } from './model.ts';

/** A day that training has fewer rows of is taken as any day. */
const LEAST_ROWS = 20;

/**
 * The reference as it would be on the days of the window: every day of the week weighs as much as in the window. Counts are those
 * of a sample with the same uncertainty, and so need not be whole numbers.
 */
export type SameDays = {
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

/** Undefined where the column is the same on all days, or the reference has no days. */
export function columnOnSameDays(
  reference: Pick<ReferenceProfile, 'week'>,
  column: ColumnReference,
  window: Pick<WindowProfile, 'days'>,
): SameDays | undefined {
  const days = reference.week?.columns.find(({ name }) => name === column.name)?.days;
  return days && onSameDays(column, days, window.days);
}

export function scoreOnSameDays(
  { score, week }: Pick<ReferenceProfile, 'score' | 'week'>,
  { days }: Pick<WindowProfile, 'days'>,
): SameDays | undefined {
  return week?.score && onSameDays(score, week.score, days);
}

/** Shares of the predicted classes on the days of the window, and the rows they stand for. */
export function classesOnSameDays(
  { classShares, week }: Pick<ReferenceProfile, 'classShares' | 'week'>,
  { days }: Pick<WindowProfile, 'days'>,
  rows: number,
): { shares: Record<string, number>; rows: number } | undefined {
  if (week?.classes === undefined || classShares === undefined) return undefined;
  const names = Object.keys(classShares);
  const dayCounts = week.classes.map((own) => ({
    counts: names.map((name) => ownValue(own, name) ?? 0),
    other: 0,
    missing: 0,
  }));
  const all = { counts: names.map((name) => (ownValue(classShares, name) ?? 0) * rows), missing: 0 };
  const blended = onSameDays(all, dayCounts, days);
  if (blended === undefined) return undefined;
  const total = sum(blended.counts);
  const shares = Object.fromEntries(
    names.map((name, i) => [name, blended.counts[i]! / Math.max(1e-9, total)]),
  );
  return { shares, rows: total };
}

function onSameDays(
  all: Side,
  days: readonly DayReference[],
  windowDays: readonly number[],
): SameDays | undefined {
  const rows = sum(windowDays);
  if (rows === 0) return undefined;
  const parts = windowDays.map((count, day) => {
    const own = days[day];
    const side: Side = own !== undefined && rowsOf(own) >= LEAST_ROWS ? own : all;
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
