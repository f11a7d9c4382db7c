import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, shareBudget, type Wish } from './share-budget.ts';

const MIB = 1024 * 1024;

const wish: fc.Arbitrary<Wish> = fc.record({
  name: fc.string({ minLength: 1, maxLength: 6 }),
  floor: fc.integer({ min: 0, max: 3 }),
  forLoad: fc.integer({ min: 0, max: 12 }),
  bytesEach: fc.integer({ min: 0, max: 200 }).map((mib) => mib * MIB),
  idleForMs: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
});
const wishes = fc.uniqueArray(wish, { selector: ({ name }) => name, maxLength: 8 });
const budget: fc.Arbitrary<Budget> = fc.record({
  workers: fc.integer({ min: 1, max: 20 }),
  bytes: fc.integer({ min: 0, max: 2000 }).map((mib) => mib * MIB),
});

function check(holds: (asked: Wish[], given: Map<string, number>, limits: Budget) => void): void {
  fc.assert(fc.property(wishes, budget, (asked, limits) => holds(asked, shareBudget(asked, limits), limits)));
}

function underLoad(asked: readonly Wish[], given: ReadonlyMap<string, number>): number {
  return asked.reduce((sum, { name, forLoad }) => sum + Math.min(forLoad, given.get(name)!), 0);
}

function bytesOf(asked: readonly Wish[], given: ReadonlyMap<string, number>): number {
  return asked.reduce((sum, { name, bytesEach }) => sum + bytesEach * given.get(name)!, 0);
}

describe('the machine is shared so that', () => {
  it('every model under load has a worker, and every one its floor', () => {
    check((asked, given) => {
      for (const { name, floor, forLoad, idleForMs } of asked) {
        const mayGo = idleForMs !== undefined && forLoad === 0;
        expect(given.get(name)).toBeGreaterThanOrEqual(Math.max(mayGo ? 0 : floor, Math.min(1, forLoad)));
      }
    });
  });

  it('none has more than it asks for', () => {
    check((asked, given) => {
      for (const { name, floor, forLoad } of asked)
        expect(given.get(name)).toBeLessThanOrEqual(Math.max(floor, forLoad));
    });
  });

  it('the budget is passed by nothing but floors and first workers', () => {
    check((asked, given, { workers, bytes }) => {
      const least = new Map(
        asked.map((each) => [each.name, Math.max(each.floor, Math.min(1, each.forLoad))]),
      );
      expect(underLoad(asked, given)).toBeLessThanOrEqual(Math.max(workers, underLoad(asked, least)));
      expect(bytesOf(asked, given)).toBeLessThanOrEqual(Math.max(bytes, bytesOf(asked, least)));
    });
  });

  it('nothing is left over that somebody asks for', () => {
    check((asked, given, { workers, bytes }) => {
      if (underLoad(asked, given) >= workers) return;
      const left = bytes - bytesOf(asked, given);
      for (const { name, forLoad, bytesEach } of asked)
        expect(given.get(name)! >= forLoad || bytesEach > left).toBe(true);
    });
  });

  it('with memory enough, none has two more than one that still asks', () => {
    check((asked, _, { workers }) => {
      const given = shareBudget(asked, { workers, bytes: Number.POSITIVE_INFINITY });
      for (const poor of asked.filter(({ name, forLoad }) => given.get(name)! < forLoad))
        for (const rich of asked)
          expect(given.get(rich.name)).toBeLessThanOrEqual(Math.max(rich.floor, given.get(poor.name)! + 1));
    });
  });

  it('the order in which models are named changes nothing', () => {
    check((asked, given, limits) => {
      expect([...shareBudget(asked.toReversed(), limits)].toSorted()).toEqual([...given].toSorted());
    });
  });

  it('those without load for longest go first when memory is short', () => {
    const idle = (name: string, idleForMs: number) => {
      return { name, floor: 1, forLoad: 0, bytesEach: 100 * MIB, idleForMs };
    };
    const busy = { name: 'busy', floor: 1, forLoad: 1, bytesEach: 100 * MIB, idleForMs: 0 };
    const given = shareBudget([idle('a', 5), idle('b', 50), busy, idle('c', 20)], {
      workers: 4,
      bytes: 250 * MIB,
    });
    expect(Object.fromEntries(given)).toEqual({ a: 1, b: 0, busy: 1, c: 0 });
  });
});
