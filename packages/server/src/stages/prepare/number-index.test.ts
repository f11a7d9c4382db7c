import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberIndex } from './number-index.ts';

test('distinct values are numbered in order of first appearance, as a Map would number them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }))), (values) => {
      const index = new NumberIndex(values.length);
      const known = new Map<number, number>();
      for (const value of values) {
        if (!known.has(value)) known.set(value, known.size);
        expect(index.numberOf(value)).toBe(known.get(value));
      }
      expect(index.size).toBe(known.size);
    }),
  );
});
