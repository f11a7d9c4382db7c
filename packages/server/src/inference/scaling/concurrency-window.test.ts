import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConcurrencyWindow } from './concurrency-window.ts';

const LONGEST_MS = 10_000;

describe('the average concurrency', () => {
  it('is that of the time itself, for requests of any length at any time', () => {
    const request = fc.record({
      at: fc.integer({ min: 0, max: 20_000 }),
      lasts: fc.integer({ min: 0, max: 8_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 80 }),
        (requests, stretches, lookedAt) => {
          const now = (lookedAt + 1) * 250;
          const overMs = stretches * 250;
          const window = new ConcurrencyWindow(LONGEST_MS, 0);
          for (const { at, isEntry } of changesOf(requests))
            if (at <= now) isEntry ? window.enter(at) : window.leave(at);
          // A look at the end of a stretch counts the one that begins as well: nothing of it has passed.
          const since = Math.max(0, now - Math.min(overMs - 250, LONGEST_MS));
          const covered = now - since;
          const exact =
            covered === 0
              ? requests.filter(({ at, lasts }) => at <= now && at + lasts > now).length
              : requests.reduce((sum, { at, lasts }) => sum + overlap(at, at + lasts, since, now), 0) /
                covered;
          expect(window.average(now, overMs)).toBeCloseTo(exact, 6);
        },
      ),
    );
  });

  it('forgets what was before a long silence', () => {
    const window = new ConcurrencyWindow(LONGEST_MS, 0);
    for (let i = 0; i < 8; i++) window.enter(100);
    for (let i = 0; i < 8; i++) window.leave(9_000);
    expect(window.average(9_000, LONGEST_MS)).toBeGreaterThan(7);
    expect(window.average(900_000, LONGEST_MS)).toBe(0);
  });

  it('of a model that just came is taken over the time that it is there', () => {
    const window = new ConcurrencyWindow(LONGEST_MS, 5_000);
    for (let i = 0; i < 4; i++) window.enter(5_000);
    expect(window.average(5_100, LONGEST_MS)).toBeCloseTo(4);
  });
});

function overlap(from: number, to: number, since: number, until: number): number {
  return Math.max(0, Math.min(to, until) - Math.max(from, since));
}

function changesOf(requests: readonly { at: number; lasts: number }[]) {
  return requests
    .flatMap(({ at, lasts }) => [
      { at, isEntry: true },
      { at: at + lasts, isEntry: false },
    ])
    .toSorted((a, b) => a.at - b.at || Number(b.isEntry) - Number(a.isEntry));
}
