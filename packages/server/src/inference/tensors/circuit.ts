/** Deaths within this time count together. */
const WINDOW_MS = 30_000;
/** This many deaths open the circuit. */
const MOST_DEATHS = 3;
const SHORTEST_REST_MS = 1_000;
const LONGEST_REST_MS = 30_000;

/**
 * Decides whether a model that keeps dying is started again at once or rests first: after three deaths in half a minute for a
 * second, and twice as long each time it dies again.
 */
export class Circuit {
  #deaths: number[] = [];
  #restMs = 0;
  #restsUntil = 0;

  /** A process died. Returns how long to wait before the next one is started. */
  died(now: number): number {
    this.#deaths = [...this.#deaths.filter((at) => at > now - WINDOW_MS), now];
    if (this.#deaths.length === 1) this.#restMs = 0; // it was well for long
    if (this.#deaths.length < MOST_DEATHS) return 0;
    this.#restMs = Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, this.#restMs * 2));
    this.#restsUntil = now + this.#restMs;
    return this.#restMs;
  }

  /** Milliseconds for which it still rests; 0 when it does not. */
  restsFor(now: number): number {
    return Math.max(0, this.#restsUntil - now);
  }

  get recentDeaths(): number {
    return this.#deaths.length;
  }
}
