import { fail } from '@slipway/contract';
import { fullBucket, type TokenBucket, takeToken } from '../../kernel/index.ts';
import { type Call, isProbe } from '../call.ts';
import type { InferenceSettings } from '../settings.ts';

type Sizes = { maxBodyBytes: number; maxRows: number; maxAnswerBytes: number };

/** What a request of the call and its answer may hold: what its endpoint declares, within the data plane's own limits. */
export function sizesOf({ settings }: { settings: InferenceSettings }, { endpoint }: Call): Sizes {
  const limits = endpoint?.declared.limits;
  if (limits === undefined) return settings;
  const {
    maxBodyBytes = settings.maxBodyBytes,
    maxRows = settings.maxRows,
    maxAnswerBytes = settings.maxAnswerBytes,
  } = limits;
  return {
    maxBodyBytes: Math.min(maxBodyBytes, settings.maxBodyBytes),
    maxRows: Math.min(maxRows, settings.maxRows),
    maxAnswerBytes: Math.min(maxAnswerBytes, settings.maxAnswerBytes),
  };
}

/** Lets the caller stop waiting at a moment, if it does not do so earlier. */
export function shortenDeadline(
  call: Pick<Call, 'deadlineAt' | 'startedAt'>,
  timeoutMs: number | undefined,
): void {
  if (timeoutMs === undefined) return;
  call.deadlineAt = Math.min(call.startedAt + timeoutMs, call.deadlineAt ?? Number.POSITIVE_INFINITY);
}

/**
 * Counts a request against the rate that all callers of an endpoint share, and gives it the time that the endpoint
 * declares. Throws `endpoint.rate-limited`.
 *
 * @param now epoch milliseconds
 */
export function endpointLimits(now: () => number): (call: Call) => void {
  const buckets = new WeakMap<object, TokenBucket>();
  return (call) => {
    const { endpoint } = call;
    const limits = endpoint?.declared.limits;
    if (endpoint === undefined || limits === undefined || isProbe(call)) return;
    shortenDeadline(call, limits.timeoutMs);
    const perSecond = limits.requestsPerSecond;
    if (perSecond === undefined) return;
    const rule = { perSecond, burst: perSecond };
    const bucket = buckets.get(endpoint) ?? fullBucket(rule, now());
    buckets.set(endpoint, bucket);
    const { isTaken, nextInSeconds } = takeToken(bucket, rule, now());
    if (isTaken) return;
    call.metrics.limited++;
    const retryAfterSeconds = Math.max(1, Math.ceil(nextInSeconds));
    throw fail('endpoint.rate-limited', { name: endpoint.name, limit: perSecond, retryAfterSeconds });
  };
}
