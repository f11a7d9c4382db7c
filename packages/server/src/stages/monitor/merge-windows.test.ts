import fc from 'fast-check';
import { expect, it } from 'vitest';
import { observationsOf, referenceOf, type ScoredRow } from '../../testing/reference-profile.builder.ts';
import { mergeWindows } from './merge-windows.ts';
import type { WindowProfile } from './model.ts';
import { emptyWindow, windowProfiler } from './window-profile.ts';

const row = fc.record({
  row: fc.record({
    amount: fc.oneof(fc.double({ min: -50, max: 150, noNaN: true }), fc.constant(null)),
    city: fc.oneof(fc.constantFrom('Oslo', 'Rome', 'Pune', 'nowhere', '__proto__'), fc.constant(null)),
  }),
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  value: fc.constantFrom('Yes', 'No'),
});

const reference = referenceOf(
  Array.from({ length: 200 }, (_, i) => ({
    row: { amount: i / 2, city: ['Oslo', 'Rome', 'Pune'][i % 3]! },
    score: (i % 100) / 100,
    value: i % 4 === 0 ? 'Yes' : 'No',
  })),
);

function profileOf(rows: readonly ScoredRow[]): WindowProfile {
  const profiler = windowProfiler(reference);
  for (const observation of observationsOf(rows)) profiler.add(observation);
  return profiler.profile();
}

it('profiling in parts and merging is profiling at once, in whatever grouping', () => {
  fc.assert(
    fc.property(fc.array(row), fc.array(row), fc.array(row), (a, b, c) => {
      const [pa, pb, pc] = [profileOf(a), profileOf(b), profileOf(c)];
      const left = mergeWindows(mergeWindows(pa, pb), pc);
      const right = mergeWindows(pa, mergeWindows(pb, pc));
      expect(difference(left, right)).toBeUndefined();
      const whole = profileOf([...a, ...b, ...c]);
      // Every part begins at the same hour here, so the spans of time differ from those of one long row.
      expect(difference({ ...left, from: whole.from, to: whole.to }, whole)).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

it('the empty window changes nothing', () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const profile = profileOf(rows);
      expect(mergeWindows(profile, emptyWindow(reference))).toEqual(profile);
      expect(mergeWindows(emptyWindow(reference), profile)).toEqual(profile);
    }),
  );
});

/** Where two values differ by more than rounding (1e-9, relative); undefined when nowhere. */
function difference(a: unknown, b: unknown, path = 'profile'): string | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)) ? undefined : `${path}: ${a} ${b}`;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b ? undefined : `${path}: ${String(a)} ${String(b)}`;
  }
  const [x, y] = [Object.entries(a), new Map(Object.entries(b))];
  if (x.length !== y.size) return `${path}: ${x.length} ${y.size} entries`;
  return x.map(([key, value]) => difference(value, y.get(key), `${path}.${key}`)).find(Boolean);
}
