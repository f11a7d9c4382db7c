import { fail } from '@slipway/contract';
import { guarded, type OnError } from './internal-errors.ts';

/** How long requests are answered in one turn of the event loop before it looks for others again. */
const TURN_MS = 8;
/** Over how long it is measured what a request takes. Before that nobody is refused: a short rush is no overload. */
const MEASURED_MS = 200;
/** How long parts of begun requests go before those that wait, until these have a turn between. */
const PARTS_MS = 32;
/** So many requests that are done in parts may be under way before those that wait get no turn between. */
const MOST_BEGUN = 8;

/** Made once: a refusal shall cost as little as may be, and looking for where it came from costs most of it. */
const OVERLOADED = fail('predict.overloaded');

/**
 * The order in which the one thread answers. While it keeps up, every request is answered as it comes. When it does not,
 * requests wait in a line here rather than in the sockets: the thread answers for some milliseconds, then looks at what has
 * come, so that whoever must be refused hears of it at once however long the line is.
 */
export interface WorkTurns {
  /**
   * Does the work of a request now, or when its turn has come. Throws `predict.overloaded` when it would have to wait too
   * long. What `work` throws is no matter of the caller's: it is reported, and the next one has its turn.
   */
  run(work: () => void): void;
  /**
   * The next part of a request that is under way: before those that wait, after what the sockets have. A request of many
   * parts leaves a turn to the others now and then, so that a large one to a slow model keeps nobody waiting until its end.
   */
  again(): Promise<void>;
  /** Requests in the line, and how long the last of them will wait, in milliseconds, about. */
  state(): { waiting: number; waitMs: number; refused: number };
}

/**
 * @param onError told of what work throws
 * @param begins called before each turn, whose work keeps the thread for some milliseconds
 */
export function workTurns(maxWaitMs: number, onError: OnError, begins: () => void = () => {}): WorkTurns {
  const line: (() => void)[] = [];
  const parts: (() => void)[] = [];
  let turnBegan: number | undefined;
  let isPartsTurn = false;
  /** How long parts have had the thread since those that wait had a turn. */
  let partsMs = 0;
  /** How long a request keeps the thread from the next one, while some wait: with its parts, and what comes meanwhile. */
  let msEach = 0;
  /** As it was measured last and the time before: the smaller counts, since the thread may have been kept from its core. */
  let eachBefore = 0;
  let measuredSince: number | undefined;
  let taken = 0;
  let refused = 0;

  function begin(now: number): void {
    turnBegan = now;
    setImmediate(turn);
  }

  function turn(): void {
    guarded(begins, onError);
    const now = performance.now();
    if (isPartsTurn) partsMs += now - turnBegan!;
    isPartsTurn = parts.length > 0 && !isLinesTurn();
    if (isPartsTurn) {
      begin(now);
      parts.shift()!();
      return;
    }
    partsMs = 0;
    if (line.length === 0) {
      turnBegan = undefined;
      measuredSince = undefined;
      msEach = 0;
      eachBefore = 0;
      return;
    }
    begin(now);
    measure(now);
    const begun = parts.length;
    while (line.length > 0 && parts.length === begun && performance.now() - now < TURN_MS) takeOne();
  }

  function isLinesTurn(): boolean {
    return line.length > 0 && partsMs >= PARTS_MS && parts.length < MOST_BEGUN;
  }

  function takeOne(): void {
    taken++;
    guarded(line.shift()!, onError);
  }

  function measure(now: number): void {
    const ms = now - (measuredSince ?? now);
    if (measuredSince !== undefined && (ms < MEASURED_MS || taken === 0)) return;
    const each = taken > 0 ? ms / taken : 0;
    msEach = Math.min(each, eachBefore);
    eachBefore = each;
    measuredSince = now;
    taken = 0;
  }

  return {
    run(work) {
      const now = performance.now();
      if (turnBegan === undefined) begin(now);
      if (line.length === 0 && now - turnBegan! < TURN_MS) {
        guarded(work, onError);
        return;
      }
      if (line.length * msEach > maxWaitMs) {
        refused++;
        throw OVERLOADED;
      }
      line.push(work);
    },
    again() {
      return new Promise((resolve) => {
        parts.push(resolve);
        if (turnBegan === undefined) begin(performance.now());
      });
    },
    state: () => ({ waiting: line.length, waitMs: line.length * msEach, refused }),
  };
}
