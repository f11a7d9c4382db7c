import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail, fisherExact } from './share-tests.ts';

const share = (had: number, of: number) => ({ had, of });

/** Exact, by whole numbers of any size. */
function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
  return result;
}

function exactFisher(had: number, of: number, formerHad: number, formerOf: number): number {
  const inAll = had + formerHad;
  let tail = 0n;
  for (let k = had; k <= Math.min(of, inAll); k++)
    if (inAll - k <= formerOf) tail += choose(of, k) * choose(formerOf, inAll - k);
  return Number((tail * 10n ** 18n) / choose(of + formerOf, inAll)) / 1e18;
}

describe('Fisher’s exact test', () => {
  it('gives the probabilities of the lady who tasted tea', () => {
    expect(fisherExact(share(4, 4), share(0, 4))).toBeCloseTo(1 / 70, 12);
    expect(fisherExact(share(3, 4), share(1, 4))).toBeCloseTo(17 / 70, 12);
  });

  it('agrees with sums of whole numbers', () => {
    const counts = fc.tuple(
      fc.nat(60),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(200),
      fc.integer({ min: 1, max: 200 }),
    );
    fc.assert(
      fc.property(counts, ([a, of, b, formerOf]) => {
        const [had, formerHad] = [Math.min(a, of), Math.min(b, formerOf)];
        fc.pre(had * formerOf > formerHad * of);
        const found = fisherExact(share(had, of), share(formerHad, formerOf));
        expect(found).toBeCloseTo(exactFisher(had, of, formerHad, formerOf), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('finds nothing where the share is no larger, and little needs much', () => {
    expect(fisherExact(share(1, 100), share(1, 100))).toBe(1);
    expect(fisherExact(share(0, 0), share(1, 100))).toBe(1);
    expect(fisherExact(share(5, 5), share(0, 100))).toBeLessThan(1e-7);
    expect(fisherExact(share(12_000, 1_000_000), share(10_000, 1_000_000))).toBeLessThan(1e-30);
  });
});

describe('the binomial tail', () => {
  it('is the probability of at least so many', () => {
    expect(binomialTail(share(8, 10), 0.5)).toBeCloseTo(56 / 1024, 12);
    expect(binomialTail(share(1, 1), 0.05)).toBeCloseTo(0.05, 12);
    expect(binomialTail(share(1, 100), 0)).toBe(0);
    expect(binomialTail(share(0, 10), 0.5)).toBe(1);
  });
});
