import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullBucket, takeToken } from './token-bucket.ts';

const rules = fc.record({
  perSecond: fc.integer({ min: 1, max: 1000 }),
  burst: fc.integer({ min: 1, max: 50 }),
});

describe('a bucket of tokens', () => {
  it('never gives more than its burst and what came back since', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(rules, pauses, (rule, waits) => {
        const bucket = fullBucket(rule, 0);
        let now = 0;
        let taken = 0;
        for (const wait of waits) {
          now += wait;
          if (takeToken(bucket, rule, now).isTaken) taken++;
        }
        expect(taken).toBeLessThanOrEqual(rule.burst + (now / 1000) * rule.perSecond + 1e-6);
      }),
    );
  });

  it('gives one again when it said it would', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        const bucket = fullBucket(rule, 0);
        while (takeToken(bucket, rule, 0).isTaken);
        const { nextInSeconds } = takeToken(bucket, rule, 0);
        expect(takeToken(bucket, rule, nextInSeconds * 1000 * (1 + 1e-9)).isTaken).toBe(true);
      }),
    );
  });

  it('neither gains nor loses by a clock that goes back', () => {
    const rule = { perSecond: 1, burst: 2 };
    const bucket = fullBucket(rule, 1000);
    expect(takeToken(bucket, rule, 0)).toEqual({ isTaken: true, left: 1, nextInSeconds: 0 });
    expect(takeToken(bucket, rule, 500)).toEqual({ isTaken: true, left: 0, nextInSeconds: 1 });
    expect(takeToken(bucket, rule, 1000).isTaken).toBe(false);
  });
});
