import { fail } from '@slipway/contract';
import type { Call } from '../call.ts';
import { isProbe } from '../call.ts';
import type { InferenceSettings } from '../settings.ts';
import { type BucketRule, fullBucket, type TokenBucket, takeToken } from './token-bucket.ts';

/** Holds each token of each endpoint to its share: requests a second, and rows a day (UTC). */
export type CallerLimits = {
  /**
   * Counts a request. Returns the headers that tell the caller where it stands; undefined where no rate is set.
   * Throws `predict.rate-limited`.
   */
  enter(call: Call): readonly string[] | undefined;
  /** Counts rows before they are predicted. Throws `predict.quota-spent`; then none of them counts. */
  spend(call: Call, rows: number): void;
};

type Rules = Pick<InferenceSettings, 'rateLimitPerSecond' | 'rateLimitBurst' | 'quotaRowsPerDay'>;

const DAY_MS = 86_400_000;
/** Tokens that were revoked leave their counts behind; past this many all start anew. */
const MOST_CALLERS = 100_000;

/** @param now epoch milliseconds */
export function callerLimits(rules: Rules, now: () => number): CallerLimits {
  return { enter: rateLimit(rules, now), spend: rowQuota(rules, now) };
}

function rateLimit(rules: Rules, now: () => number): CallerLimits['enter'] {
  const { rateLimitPerSecond: perSecond, rateLimitBurst } = rules;
  if (perSecond === 0) return () => undefined;
  const rule: BucketRule = { perSecond, burst: rateLimitBurst === 0 ? perSecond : rateLimitBurst };
  const buckets = new Map<string, TokenBucket>();
  return (call) => {
    if (isProbe(call)) return undefined;
    const bucket = remembered(buckets, keyOf(call), () => fullBucket(rule, now()));
    const { isTaken, left, nextInSeconds } = takeToken(bucket, rule, now());
    const seconds = Math.ceil(nextInSeconds);
    if (!isTaken) {
      call.metrics.limited++;
      throw fail('predict.rate-limited', { limit: perSecond, retryAfterSeconds: Math.max(1, seconds) });
    }
    return rateHeaders(rule.burst, left, seconds);
  };
}

/** As in draft-ietf-httpapi-ratelimit-headers-03, which clients know best. */
export function rateHeaders(limit: number, left: number, resetSeconds: number): readonly string[] {
  return [
    'ratelimit-limit',
    String(limit),
    'ratelimit-remaining',
    String(left),
    'ratelimit-reset',
    String(resetSeconds),
  ];
}

function rowQuota({ quotaRowsPerDay: limit }: Rules, now: () => number): CallerLimits['spend'] {
  if (limit === 0) return () => {};
  let day = -1;
  const spent = new Map<string, { rows: number }>();
  return (call, rows) => {
    if (isProbe(call)) return;
    const today = Math.floor(now() / DAY_MS);
    if (today !== day) spent.clear();
    day = today;
    const count = remembered(spent, keyOf(call), () => ({ rows: 0 }));
    if (count.rows + rows > limit) {
      call.metrics.limited++;
      const retryAfterSeconds = Math.ceil(((today + 1) * DAY_MS - now()) / 1000);
      throw fail('predict.quota-spent', { limit, left: limit - count.rows, retryAfterSeconds });
    }
    count.rows += rows;
  };
}

function keyOf({ endpoint, caller }: Call): string {
  return `${endpoint?.name} ${caller?.tokenHash}`;
}

function remembered<T>(all: Map<string, T>, key: string, make: () => T): T {
  let one = all.get(key);
  if (one === undefined) {
    if (all.size >= MOST_CALLERS) all.clear();
    one = make();
    all.set(key, one);
  }
  return one;
}
