import type { Tensor } from '../../stages/pack/index.ts';

/** A request that waits for its model. */
export type Waiting = {
  inputs: readonly Tensor[];
  rows: number;
  /** Only requests of the same key may share a run: equal types, and equal shapes but for the rows. */
  key: string;
  /** Monotonic milliseconds after which nobody waits any more; Infinity for never. */
  deadlineAt: number;
  /** Its outputs may take so many. */
  maxOutputBytes: number;
  since: number;
  /** It shares no run: its rows are not known to be independent of others', or it shared a run that failed. */
  isAlone: boolean;
  resolve(ran: Ran): void;
  reject(failure: Error): void;
};

/** What a run gave one of its requests. */
export type Ran = { outputs: Tensor[]; queueMs: number; inferMs: number; isFirstOfRun: boolean };

/** Requests in the order in which they came. */
export class WaitingLine {
  #waiting: Waiting[] = [];
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  get oldestSince(): number | undefined {
    return this.#waiting[0]?.since;
  }

  get earliestDeadline(): number {
    return this.#waiting.reduce(
      (least, { deadlineAt }) => Math.min(least, deadlineAt),
      Number.POSITIVE_INFINITY,
    );
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#rows += waiting.rows;
  }

  /** Puts requests back to where they came from: the front. */
  putBack(waiting: readonly Waiting[]): void {
    this.#waiting.unshift(...waiting);
    this.#rows += rowsOf(waiting);
  }

  /**
   * The next run: the oldest request, and those behind it that fit in, up to `maxRows` rows. Requests of another key keep
   * their places.
   */
  take(maxRows: number): Waiting[] {
    const [first] = this.#waiting;
    if (first === undefined) return [];
    const taken = [first];
    const left: Waiting[] = [];
    let rows = first.rows;
    for (const each of this.#waiting.slice(1)) {
      const fits = !first.isAlone && !each.isAlone && each.key === first.key && rows + each.rows <= maxRows;
      if (fits) {
        taken.push(each);
        rows += each.rows;
      } else left.push(each);
    }
    this.#waiting = left;
    this.#rows -= rows;
    return taken;
  }

  /** Those whose time is over, who leave. */
  takeExpired(now: number): Waiting[] {
    const expired = this.#waiting.filter(({ deadlineAt }) => deadlineAt <= now);
    if (expired.length === 0) return expired;
    this.#waiting = this.#waiting.filter(({ deadlineAt }) => deadlineAt > now);
    this.#rows -= rowsOf(expired);
    return expired;
  }

  takeAll(): Waiting[] {
    const all = this.#waiting;
    this.#waiting = [];
    this.#rows = 0;
    return all;
  }

  /** Whether the next run grows no more: it is as large as a run may be, as far as can be told at once, or shared by none. */
  isFull(maxRows: number): boolean {
    return this.#rows >= maxRows || this.#waiting[0]?.isAlone === true;
  }
}

function rowsOf(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { rows }) => sum + rows, 0);
}
