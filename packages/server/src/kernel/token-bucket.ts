/** Tokens that come back at a steady rate up to a most. */
export type TokenBucket = { tokens: number; at: number };

export type BucketRule = {
  /** Tokens that come back each second. */
  perSecond: number;
  /** Most tokens there can be: how many requests may come at once after a pause. */
  burst: number;
};

/** What taking a token gave. */
export type BucketTake = {
  isTaken: boolean;
  /** Whole tokens left. */
  left: number;
  /** Seconds until there is a token again; 0 where one is left. */
  nextInSeconds: number;
};

export function fullBucket(rule: BucketRule, now: number): TokenBucket {
  return { tokens: rule.burst, at: now };
}

/** Takes a token if there is one. `now` in milliseconds; a clock that goes back brings nothing and costs nothing. */
export function takeToken(bucket: TokenBucket, rule: BucketRule, now: number): BucketTake {
  const elapsedSeconds = Math.max(0, now - bucket.at) / 1000;
  bucket.tokens = Math.min(rule.burst, bucket.tokens + elapsedSeconds * rule.perSecond);
  bucket.at = Math.max(bucket.at, now);
  const isTaken = bucket.tokens >= 1;
  if (isTaken) bucket.tokens--;
  const nextInSeconds = bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / rule.perSecond;
  return { isTaken, left: Math.floor(bucket.tokens), nextInSeconds };
}
