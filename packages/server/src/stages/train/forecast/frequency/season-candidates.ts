import type { Frequency } from '../model.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Where nothing is known of the calendar: the seasons that people's data has. */
const USUAL = [4, 5, 6, 7, 10, 12, 24, 30, 48, 52, 60, 96, 144, 168, 288, 336, 365];

/** Cycles of people's lives, in milliseconds. */
const CYCLES = [HOUR, DAY, 7 * DAY, 365.25 * DAY];
/** Steps in a season at most: longer ones are seen by no one here. */
const LONGEST = 800;

/** Lengths of season in steps that a frequency may have, rising. */
export function seasonCandidates(frequency: Frequency): number[] {
  if (frequency.kind === 'business-day') return [5, 261];
  if (frequency.kind === 'month') return frequency.months < 12 ? whole([12 / frequency.months]) : [];
  if (frequency.unit === 'number') return USUAL;
  return whole(CYCLES.map((cycle) => cycle / frequency.step));
}

/** 365.25 days and 52.18 weeks are 365 and 52. */
function whole(lengths: readonly number[]): number[] {
  const rounded = lengths.map((length) => Math.floor(length)).filter((length) => length > 1);
  return [...new Set(rounded)].filter((length) => length <= LONGEST);
}

const HORIZONS: readonly [number, number][] = [
  [7 * DAY, 8],
  [DAY, 14],
  [HOUR, 24],
  [MINUTE, 60],
];
const MONTHLY_HORIZONS: readonly [number, number][] = [
  [12, 4],
  [3, 4],
  [1, 12],
];

/** Steps ahead when nobody says: about what the field's competitions ask of such series. */
export function usualHorizon(frequency: Frequency): number {
  if (frequency.kind === 'business-day') return 10;
  if (frequency.kind === 'month') return MONTHLY_HORIZONS.find(([months]) => frequency.months >= months)![1];
  if (frequency.unit === 'number') return 12;
  return HORIZONS.find(([step]) => frequency.step >= step)?.[1] ?? 60;
}
