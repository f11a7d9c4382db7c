import { fail, ownValue } from '@slipway/contract';
import { type BucketRule, fullBucket, type TokenBucket, takeToken } from '../../kernel/index.ts';
import type { TokenLimits } from '../../metadata/index.ts';
import type { Call } from '../call.ts';
import { isProbe } from '../call.ts';
import type { InferenceSettings } from '../settings.ts';
import { endpointLimits } from './endpoint-limits.ts';

/** Holds each token of each endpoint to its share, and all of an endpoint to what it declares: requests a second, and rows a day (UTC). */
export type CallerLimits = {
  /**
   * Counts a request. Returns the headers that tell the caller where it stands; undefined where no rate is set.
   * Throws `predict.rate-limited` and `endpoint.rate-limited`.
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
  const enterEndpoint = endpointLimits(now);
  const enterToken = rateLimit(rules, now);
  return {
    enter(call) {
      const headers = enterToken(call);
      enterEndpoint(call);
      return headers;
    },
    spend: rowQuota(rules, now),
  };
}

function rateLimit(rules: Rules, now: () => number): CallerLimits['enter'] {
  const buckets = new Map<string, TokenBucket>();
  return (call) => {
    const own = ownLimits(call)?.requestsPerSecond;
    const perSecond = own ?? rules.rateLimitPerSecond;
    if (perSecond === 0 || isProbe(call)) return undefined;
    const burst = own === undefined && rules.rateLimitBurst > 0 ? rules.rateLimitBurst : perSecond;
    const rule: BucketRule = { perSecond, burst };
    const bucket = remembered(buckets, keyOf(call), () => fullBucket(rule, now()));
    const { isTaken, left, nextInSeconds } = takeToken(bucket, rule, now());
    const seconds = Math.ceil(nextInSeconds);
    if (!isTaken) {
      call.metrics.limited++;
      throw fail('predict.rate-limited', { limit: perSecond, retryAfterSeconds: Math.max(1, seconds) });
    }
    return rateHeaders(burst, left, seconds);
  };
}

/** What the call's token is held to by itself. */
function ownLimits({ endpoint, caller }: Call): TokenLimits | undefined {
  return caller === undefined ? undefined : ownValue(endpoint?.tokenLimits, caller.tokenHash);
}

/** As in draft-ietf-httpapi-ratelimit-headers-03, which clients know best. */
function rateHeaders(limit: number, left: number, resetSeconds: number): readonly string[] {
  return [
    'ratelimit-limit',
    String(limit),
    'ratelimit-remaining',
    String(left),
    'ratelimit-reset',
    String(resetSeconds),
  ];
}

function rowQuota({ quotaRowsPerDay }: Rules, now: () => number): CallerLimits['spend'] {
  let day = -1;
  const spent = new Map<string, { rows: number }>();
  return (call, rows) => {
    const limit = ownLimits(call)?.rowsPerDay ?? quotaRowsPerDay;
    if (limit === 0 || isProbe(call)) return;
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
