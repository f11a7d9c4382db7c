import { describe, expect, it } from 'vitest';
import { defineOwn, ownReader, ownValue } from './own-value.ts';

/** What every plain object inherits. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

describe('a value by a key from outside', () => {
  it.each(INHERITED)('%s is not found in a record that does not hold it', (key) => {
    expect(ownValue({}, key)).toBeUndefined();
    expect(ownReader(key)({})).toBeUndefined();
  });

  it.each(INHERITED)('%s is found in a record that holds it, as JSON or as it was defined', (key) => {
    const parsed = JSON.parse(`{${JSON.stringify(key)}: 1}`) as Record<string, number>;
    const defined: Record<string, number> = {};
    defineOwn(defined, key, 1);
    for (const record of [parsed, defined]) {
      expect(ownValue(record, key)).toBe(1);
      expect(ownReader(key)(record)).toBe(1);
    }
    expect(JSON.stringify(defined)).toBe(JSON.stringify(parsed));
    expect(Object.getPrototypeOf(defined)).toBe(Object.prototype);
  });

  it('is found under any other name, and absent where it is absent', () => {
    expect(ownValue({ age: 3 }, 'age')).toBe(3);
    expect(ownReader('age')({ age: 3 })).toBe(3);
    expect(ownReader('age')({ income: 3 })).toBeUndefined();
    expect(ownValue(undefined, 'age')).toBeUndefined();
  });

  it('can be set twice', () => {
    const record: Record<string, number> = {};
    for (const value of [1, 2]) defineOwn(record, '__proto__', value);
    expect(ownValue(record, '__proto__')).toBe(2);
  });
});
