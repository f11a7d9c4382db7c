import { describe, expect, it } from 'vitest';
import type { Call } from '../call.ts';
import { endpointMetrics } from '../endpoint-metrics.ts';
import { callerLimits } from './caller-limits.ts';

const DAY_MS = 86_400_000;

function callOf(tokenHash: string, isProbe = false): Call {
  const endpoint = {
    name: 'churn',
    declared: {},
    tokenLimits: { vip: { requestsPerSecond: 5, rowsPerDay: 0 }, free: { rowsPerDay: 3 } },
  };
  return { endpoint, caller: { tokenHash, isProbe }, metrics: endpointMetrics() } as unknown as Call;
}

describe('the rate', () => {
  it('is each token’s own, and its refusal says when to come back', () => {
    let now = 0;
    const limits = callerLimits({ rateLimitPerSecond: 2, rateLimitBurst: 3, quotaRowsPerDay: 0 }, () => now);
    const remaining = [1, 2, 3].map(() => limits.enter(callOf('a'))?.[3]);
    expect(remaining).toEqual(['2', '1', '0']);
    const refused = callOf('a');
    expect(() => limits.enter(refused)).toThrow(
      expect.objectContaining({ code: 'predict.rate-limited', details: { limit: 2, retryAfterSeconds: 1 } }),
    );
    expect(refused.metrics.limited).toBe(1);
    expect(limits.enter(callOf('b'))?.[3]).toBe('2');
    now = 500;
    expect(limits.enter(callOf('a'))?.[3]).toBe('0');
  });

  it('does not bind the platform itself', () => {
    const limits = callerLimits({ rateLimitPerSecond: 1, rateLimitBurst: 1, quotaRowsPerDay: 1 }, () => 0);
    for (let i = 0; i < 5; i++) {
      limits.enter(callOf('probe', true));
      limits.spend(callOf('probe', true), 100);
    }
  });
});

describe('a token with limits of its own', () => {
  const rules = { rateLimitPerSecond: 1, rateLimitBurst: 9, quotaRowsPerDay: 2 };

  it('is held to those, and to the others where it has none', () => {
    const limits = callerLimits(rules, () => 0);
    expect(limits.enter(callOf('vip'))?.[1]).toBe('5');
    limits.spend(callOf('vip'), 1000);
    expect(limits.enter(callOf('free'))?.[1]).toBe('9');
    limits.spend(callOf('free'), 3);
    expect(() => limits.spend(callOf('free'), 1)).toThrow(
      expect.objectContaining({ code: 'predict.quota-spent' }),
    );
    expect(() => limits.spend(callOf('other'), 3)).toThrow();
  });
});

describe('the quota', () => {
  it('is of rows a day, counts nothing that is refused, and is new at midnight UTC', () => {
    let now = DAY_MS - 60_000;
    const limits = callerLimits({ rateLimitPerSecond: 0, rateLimitBurst: 0, quotaRowsPerDay: 10 }, () => now);
    limits.spend(callOf('a'), 8);
    const details = { limit: 10, left: 2, retryAfterSeconds: 60 };
    expect(() => limits.spend(callOf('a'), 3)).toThrow(
      expect.objectContaining({ code: 'predict.quota-spent', details }),
    );
    limits.spend(callOf('a'), 2);
    expect(() => limits.spend(callOf('a'), 1)).toThrow();
    now = DAY_MS;
    limits.spend(callOf('a'), 10);
  });
});
