import { fail } from '@slipway/contract';
import { type Clock, fullBucket, type TokenBucket, takeToken } from '../kernel/index.ts';
import type { HttpLimits } from './limits.ts';

type Limits = Pick<HttpLimits, 'rateLimitPerSecond' | 'rateLimitBurst' | 'maxRequestsPerKey'>;

/** The rate of each key and how many of its requests are answered at once. */
export type KeyLimits = {
  /** Throws `request.rate-limited` and `request.too-many-at-once`. What it returns is called when the request is over. */
  take(keyId: string): () => void;
};

/** Keys whose rate is remembered; the one that was quiet the longest is forgotten first, and begins with a full burst. */
const MOST_REMEMBERED = 10_000;

export function keyLimits(limits: Limits, clock: Clock): KeyLimits {
  const { rateLimitPerSecond: perSecond, rateLimitBurst: burst, maxRequestsPerKey: most } = limits;
  const buckets = new Map<string, TokenBucket>();
  const underWay = new Map<string, number>();

  function countAgainstRate(keyId: string): void {
    if (perSecond === 0) return;
    const rule = { perSecond, burst };
    const bucket = buckets.get(keyId) ?? fullBucket(rule, clock.monotonic());
    buckets.delete(keyId);
    buckets.set(keyId, bucket);
    const [quietest] = buckets.size > MOST_REMEMBERED ? buckets.keys() : [];
    if (quietest !== undefined) buckets.delete(quietest);
    const { isTaken, nextInSeconds } = takeToken(bucket, rule, clock.monotonic());
    if (isTaken) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(nextInSeconds));
    throw fail('request.rate-limited', { limit: perSecond, retryAfterSeconds });
  }

  return {
    take(keyId) {
      countAgainstRate(keyId);
      const own = underWay.get(keyId) ?? 0;
      if (own >= most)
        throw fail('request.too-many-at-once', {
          ...{ limit: most, what: 'requests', setting: 'http.maxRequestsPerKey', retryAfterSeconds: 1 },
        });
      underWay.set(keyId, own + 1);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        const left = (underWay.get(keyId) ?? 1) - 1;
        if (left === 0) underWay.delete(keyId);
        else underWay.set(keyId, left);
      };
    },
  };
}
