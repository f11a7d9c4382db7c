import { fail, type SlipwayError } from '@slipway/contract';
import { fieldPath } from './field-path.ts';

const UNKEEPABLE = /\0|\p{Surrogate}/u;

/** A list or object, and the key under which the one around it holds it. */
type Place = { value: object; key: PropertyKey; within: Place | undefined };

/**
 * Refuses, wherever they are in a value from outside, texts and keys that no store keeps (U+0000 and lone surrogates), and the key
 * `__proto__`, which plain assignment takes for something else. Takes no stack, and of a value that is good makes no paths.
 */
export function refuseUnkeepable(value: unknown): void {
  if (typeof value === 'string' && UNKEEPABLE.test(value)) throw badText(undefined, []);
  if (typeof value !== 'object' || value === null) return;
  const waiting: Place[] = [{ value, key: '', within: undefined }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { value: held } = place;
    if (Array.isArray(held))
      for (let index = 0; index < held.length; index++) look(held[index], index, place);
    else
      for (const [key, item] of Object.entries(held)) {
        refuseKey(key, place);
        look(item, key, place);
      }
  }

  function look(item: unknown, key: PropertyKey, within: Place): void {
    if (typeof item === 'string') {
      if (UNKEEPABLE.test(item)) throw badText(within, [key]);
    } else if (typeof item === 'object' && item !== null) waiting.push({ value: item, key, within });
  }
}

function refuseKey(key: string, place: Place): void {
  if (key === '__proto__') throw invalid(fieldPath(pathOf(place)), 'no key may be __proto__');
  if (UNKEEPABLE.test(key))
    throw invalid(fieldPath(pathOf(place)), 'a key may not hold U+0000 or half a surrogate pair');
}

function badText(place: Place | undefined, last: PropertyKey[]): SlipwayError {
  const path = fieldPath([...pathOf(place), ...last]);
  return invalid(path, 'text may not hold U+0000 or half a surrogate pair');
}

function invalid(path: string, reason: string): SlipwayError {
  return fail('request.invalid', { reason: path === '' ? reason : `${path}: ${reason}` }, { path });
}

function pathOf(place: Place | undefined): PropertyKey[] {
  if (place?.within === undefined) return [];
  return [...pathOf(place.within), place.key];
}
