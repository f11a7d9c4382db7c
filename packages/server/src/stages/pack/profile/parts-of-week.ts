import type { WeekReference } from '../model.ts';

const DAY = 86_400_000;

/** The part of the week of a moment, in UTC, when each day has so many: 0 begins on Monday; 1 January 1970 was a Thursday. */
export function partOfWeek(ms: number, partsOfDay: number): number {
  const parts = 7 * partsOfDay;
  return (((Math.floor((ms * partsOfDay) / DAY) + 3 * partsOfDay) % parts) + parts) % parts;
}

export function partsOfWeek({ values, partsOfDay }: Pick<WeekReference, 'values' | 'partsOfDay'>): number {
  return values?.length ?? 7 * partsOfDay;
}
