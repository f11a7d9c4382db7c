import type { Frequency } from '../model.ts';

/**
 * Whether steps follow each other alike. Where they begin and which clock they follow may differ: the first change of
 * daylight saving in a file tells its time zone.
 */
export function isAlike(one: Frequency, other: Frequency): boolean {
  if (one.kind === 'fixed' && other.kind === 'fixed')
    return one.unit === other.unit && one.step === other.step;
  if (one.kind === 'month' && other.kind === 'month') return one.months === other.months;
  return one.kind === other.kind;
}
