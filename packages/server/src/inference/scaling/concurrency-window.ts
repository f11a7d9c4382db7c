/** How finely time is divided. */
const BUCKET_MS = 250;

/**
 * How many requests were under way at once, on average over the last while: weighted by time, so that ten requests of a
 * tenth of a second each count as one that took a second. Times are monotonic milliseconds and never go back.
 */
export class ConcurrencyWindow {
  /** Request-milliseconds of each stretch of time; a ring. */
  readonly #buckets: Float64Array;
  readonly #beganAt: number;
  #current = 0;
  #seenUntil: number;

  constructor(longestMs: number, now: number) {
    this.#buckets = new Float64Array(Math.ceil(longestMs / BUCKET_MS) + 1);
    this.#beganAt = now;
    this.#seenUntil = now;
  }

  get current(): number {
    return this.#current;
  }

  enter(now: number): void {
    this.#advance(now);
    this.#current++;
  }

  leave(now: number): void {
    this.#advance(now);
    this.#current--;
  }

  /** Over the last `overMs`, or since the beginning where that is shorter. Whole stretches of a quarter second are counted. */
  average(now: number, overMs: number): number {
    this.#advance(now);
    const last = bucketOf(now);
    const first = Math.max(bucketOf(this.#beganAt), last - Math.ceil(overMs / BUCKET_MS) + 1);
    let sum = 0;
    for (let bucket = first; bucket <= last; bucket++) sum += this.#buckets[bucket % this.#buckets.length]!;
    const coveredMs = now - Math.max(this.#beganAt, first * BUCKET_MS);
    return coveredMs <= 0 ? this.#current : sum / coveredMs;
  }

  /** Puts the time since the last look into its buckets. */
  #advance(now: number): void {
    const to = bucketOf(now);
    const from = Math.max(bucketOf(this.#seenUntil), to - this.#buckets.length);
    for (let bucket = from; bucket <= to; bucket++) {
      const at = bucket % this.#buckets.length;
      if (bucket > from || from > bucketOf(this.#seenUntil)) this.#buckets[at] = 0;
      const begin = Math.max(this.#seenUntil, bucket * BUCKET_MS);
      const end = Math.min(now, (bucket + 1) * BUCKET_MS);
      if (end > begin) this.#buckets[at]! += this.#current * (end - begin);
    }
    this.#seenUntil = Math.max(this.#seenUntil, now);
  }
}

function bucketOf(now: number): number {
  return Math.floor(now / BUCKET_MS);
}
