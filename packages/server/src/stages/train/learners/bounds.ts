import { ownValue } from '@slipway/contract';
import type { ParamValue } from './learner.ts';

/** Why a value is refused, in words that complete "cannot be fixed so: …"; undefined when it is not. */
export type Bound = (value: ParamValue) => string | undefined;

/** One of some names. */
export const among =
  (names: readonly string[]): Bound =>
  (value) =>
    names.includes(value as string) ? undefined : `give one of ${names.join(', ')}`;

/** A list of numbers, all of them good. */
export const each =
  (good: (value: number) => boolean, says: string): Bound =>
  (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'number' && good(one))
      ? undefined
      : `give a list of numbers, ${says}`;

/** A number within bounds; `whole` ones have no fraction. */
export const within =
  (low: number, high: number, { open = false, whole = false } = {}): Bound =>
  (value) => {
    const says = high === Number.POSITIVE_INFINITY ? `from ${low} on` : `from ${low} to ${high}`;
    const kind = whole ? 'a whole number' : 'a number';
    if (typeof value !== 'number' || (whole && !Number.isInteger(value))) return `give ${kind} ${says}`;
    if (value < low || value > high) return `give ${kind} ${says}`;
    return open && (value === low || value === high) ? `give ${kind} between ${low} and ${high}` : undefined;
  };

export const ANY = Number.POSITIVE_INFINITY;

/** Of a whole, which is not nothing. */
export const share = (value: ParamValue) =>
  typeof value === 'number' && value > 0 && value <= 1 ? undefined : 'give a share above 0 and up to 1';

/** What a learner says of a parameter by a table of bounds. */
export function unfitBy(bounds: Readonly<Record<string, Bound | undefined>>) {
  return (name: string, value: ParamValue): string | undefined => ownValue(bounds, name)?.(value);
}
