import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideWorkers, NO_MEMORY, type ScalingRule, type SeenLoad } from './decide-workers.ts';

const RULE: ScalingRule = { min: 1, max: 16, targetConcurrency: 2, idleMs: 60_000 };
const TIMES = { stableMs: 30_000, downDelayMs: 20_000 };
const QUIET: SeenLoad = { stable: 0, panic: 0, workers: 1, idleForMs: 0 };

const rule: fc.Arbitrary<ScalingRule> = fc
  .record({
    min: fc.integer({ min: 0, max: 4 }),
    more: fc.integer({ min: 0, max: 12 }),
    targetConcurrency: fc.double({ min: 0.1, max: 50, noNaN: true }),
    idleMs: fc.integer({ min: 1, max: 100_000 }),
  })
  .map(({ more, ...each }) => ({ ...each, max: Math.max(1, each.min + more) }));
const load: fc.Arbitrary<SeenLoad> = fc.record({
  stable: fc.double({ min: 0, max: 500, noNaN: true }),
  panic: fc.double({ min: 0, max: 500, noNaN: true }),
  workers: fc.integer({ min: 0, max: 16 }),
  idleForMs: fc.integer({ min: 0, max: 200_000 }),
});

/** Decides one look after the other, a second apart. */
function decisions(seen: readonly SeenLoad[], asked: ScalingRule = RULE) {
  let memory = NO_MEMORY;
  return seen.map((each, second) => {
    const decision = decideWorkers(asked, TIMES, each, { memory, now: second * 1000 });
    memory = decision.memory;
    return decision;
  });
}

describe('the workers of a model', () => {
  it('are as many as the load over the target asks for, once it has lasted', () => {
    const [decision] = decisions([{ ...QUIET, stable: 5, panic: 1 }]);
    expect(decision).toMatchObject({ floor: 1, forLoad: 3 });
  });

  it('follow a burst at once, by its short load', () => {
    const [decision] = decisions([{ ...QUIET, stable: 1, panic: 12 }]);
    expect(decision!.forLoad).toBe(6);
  });

  it('do not go while a burst was lately', () => {
    const burst = { ...QUIET, stable: 1, panic: 12, workers: 1 };
    const after = Array.from({ length: 29 }, () => ({ ...QUIET, stable: 1, workers: 6 }));
    const all = decisions([burst, ...after]);
    expect(all.map(({ forLoad }) => forLoad)).toEqual(all.map(() => 6));
  });

  it('go only when nothing lately asked for them, half of them at a time', () => {
    const busy = { ...QUIET, stable: 16, panic: 8, workers: 8 };
    const after = Array.from({ length: 25 }, () => ({ ...QUIET, workers: 8 }));
    const all = decisions([busy, ...after]).map(({ forLoad }) => forLoad);
    expect(all.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 8));
    expect(all.at(-1)).toBe(4);
  });

  it('all go after silence where none is to be kept, and not a moment before', () => {
    const asleep = { ...RULE, min: 0 };
    const seen = { ...QUIET, workers: 1 };
    const [before] = decisions([{ ...seen, idleForMs: 59_999 }], asleep);
    const [after] = decisions([{ ...seen, idleForMs: 60_000 }], asleep);
    expect([before!.floor, after!.floor, after!.forLoad]).toEqual([1, 0, 0]);
  });

  it('are never fewer than the least nor more than the most, whatever is seen', () => {
    fc.assert(
      fc.property(rule, fc.array(load, { minLength: 1, maxLength: 40 }), (asked, seen) => {
        for (const { floor, forLoad } of decisions(seen, asked)) {
          expect(Math.max(floor, forLoad)).toBeGreaterThanOrEqual(asked.min);
          expect(Math.max(floor, forLoad)).toBeLessThanOrEqual(asked.max);
          expect(Number.isInteger(forLoad)).toBe(true);
        }
      }),
    );
  });

  it('are never fewer for more load', () => {
    fc.assert(
      fc.property(rule, load, fc.double({ min: 0, max: 100, noNaN: true }), (asked, seen, more) => {
        const [less] = decisions([seen], asked);
        const [greater] = decisions(
          [{ ...seen, stable: seen.stable + more, panic: seen.panic + more }],
          asked,
        );
        expect(greater!.forLoad).toBeGreaterThanOrEqual(less!.forLoad);
      }),
    );
  });

  it('come to what steady load asks for, and stay there', () => {
    fc.assert(
      fc.property(rule, fc.double({ min: 0.01, max: 100, noNaN: true }), (asked, concurrency) => {
        let memory = NO_MEMORY;
        let workers = 0;
        const history: number[] = [];
        for (let second = 0; second < 400; second++) {
          const seen = { stable: concurrency, panic: concurrency, workers, idleForMs: 0 };
          const decision = decideWorkers(asked, TIMES, seen, { memory, now: second * 1000 });
          memory = decision.memory;
          workers = Math.max(decision.floor, decision.forLoad);
          history.push(workers);
        }
        const settled = Math.max(
          asked.min,
          Math.min(asked.max, Math.ceil(concurrency / asked.targetConcurrency)),
        );
        expect(history.slice(-100)).toEqual(Array.from({ length: 100 }, () => settled));
      }),
    );
  });
});
