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
   * Does the work of a request now, or when its turn has come. Owners, which are endpoints, have equal shares of the thread when it
   * does not keep up, whatever each of them asks for. Throws `predict.overloaded` when it would have to wait too long. What `work`
   * throws is no matter of the caller's: it is reported, and the next one has its turn.
   */
  run(work: () => void, owner?: string): void;
  /**
   * The next part of a request that is under way: before those of its owner that wait, after what the sockets have. A request of many
   * parts leaves a turn to the others now and then, so that a large one to a slow model keeps nobody waiting until its end.
   */
  again(owner?: string): Promise<void>;
  /** Requests in the line, and how long the last of them will wait, in milliseconds, about. */
  state(): { waiting: number; waitMs: number; refused: number };
}

/** What waits of one endpoint. */
type Owner = {
  line: (() => void)[];
  parts: (() => void)[];
  /** Milliseconds that it had the thread while others may have waited; what it did not use in a pause is forgotten. */
  usedMs: number;
  /** How long its parts have had the thread since those of it that wait had a turn. */
  partsMs: number;
};

/** Endpoints that have nothing to do are forgotten when there are so many. */
const MOST_REMEMBERED = 1000;

/**
 * @param onError told of what work throws
 * @param begins called before each turn, whose work keeps the thread for some milliseconds
 */
export function workTurns(maxWaitMs: number, onError: OnError, begins: () => void = () => {}): WorkTurns {
  const owners = new Map<string, Owner>();
  /** Those of whom something waits. */
  const active = new Set<Owner>();
  /** What the owner that had the last turn had used before it. */
  let usedNow = 0;
  let turnBegan: number | undefined;
  /** Whose part has the thread in this turn. */
  let inParts: Owner | undefined;
  let waiting = 0;
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
    if (inParts !== undefined) {
      inParts.partsMs += now - turnBegan!;
      inParts.usedMs += now - turnBegan!;
      inParts = undefined;
    }
    let owner = next();
    if (owner === undefined) {
      rest();
      return;
    }
    if (waiting === 0) forgetMeasures();
    begin(now);
    if (isPartsTurn(owner)) {
      takePart(owner);
      return;
    }
    measure(now);
    while (owner !== undefined && !isPartsTurn(owner)) {
      const begun = owner.parts.length;
      takeOne(owner);
      if (owner.parts.length !== begun || performance.now() - now >= TURN_MS) return;
      owner = next();
    }
  }

  function rest(): void {
    turnBegan = undefined;
    forgetMeasures();
    if (owners.size > MOST_REMEMBERED) owners.clear();
  }

  function forgetMeasures(): void {
    measuredSince = undefined;
    msEach = 0;
    eachBefore = 0;
  }

  /** Who has used least. */
  function next(): Owner | undefined {
    let least: Owner | undefined;
    for (const owner of active) if (least === undefined || owner.usedMs < least.usedMs) least = owner;
    if (least !== undefined) usedNow = least.usedMs;
    return least;
  }

  function isPartsTurn({ line, parts, partsMs }: Owner): boolean {
    if (parts.length === 0) return false;
    return line.length === 0 || partsMs < PARTS_MS || parts.length >= MOST_BEGUN;
  }

  function takePart(owner: Owner): void {
    inParts = owner;
    const part = owner.parts.shift()!;
    settle(owner);
    part();
  }

  function takeOne(owner: Owner): void {
    owner.partsMs = 0;
    taken++;
    waiting--;
    const work = owner.line.shift()!;
    settle(owner);
    const began = performance.now();
    guarded(work, onError);
    owner.usedMs += performance.now() - began;
  }

  function settle(owner: Owner): void {
    if (owner.line.length === 0 && owner.parts.length === 0) active.delete(owner);
  }

  function ownerNamed(name: string): Owner {
    let owner = owners.get(name);
    if (owner === undefined) {
      owner = { line: [], parts: [], usedMs: 0, partsMs: 0 };
      owners.set(name, owner);
    }
    return owner;
  }

  function activate(owner: Owner): void {
    if (active.has(owner)) return;
    // One that comes back has no claim to what it did not use.
    if (owner !== inParts) owner.usedMs = Math.max(owner.usedMs, usedNow);
    active.add(owner);
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

  /** Those that have a turn before the next of the owner has: no more of each other than of itself. */
  function before({ line }: Owner): number {
    let count = 0;
    for (const other of active) count += Math.min(other.line.length, line.length);
    return count;
  }

  return {
    run(work, name = '') {
      const now = performance.now();
      if (turnBegan === undefined) begin(now);
      if (waiting === 0 && now - turnBegan! < TURN_MS) {
        guarded(work, onError);
        return;
      }
      const owner = ownerNamed(name);
      if (before(owner) * msEach > maxWaitMs) {
        refused++;
        throw OVERLOADED;
      }
      owner.line.push(work);
      waiting++;
      activate(owner);
    },
    again(name = '') {
      return new Promise((resolve) => {
        const owner = ownerNamed(name);
        owner.parts.push(resolve);
        activate(owner);
        if (turnBegan === undefined) begin(performance.now());
      });
    },
    state: () => ({ waiting, waitMs: waiting * msEach, refused }),
  };
}
