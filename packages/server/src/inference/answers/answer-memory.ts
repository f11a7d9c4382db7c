import { fail } from '@slipway/contract';
import { FairLine } from '../fair-line.ts';

/** Memory that is taken for an answer. Is released exactly once. */
export type Lease = {
  /** What it really takes, once that is known. Never waits: the memory is spent already. */
  set(bytes: number): void;
  release(): void;
};

/**
 * Admits answers by the memory that they take at worst, before their models run: what is not there is waited for, in turns between
 * endpoints, so that answers never take more than there is, whatever is asked for at once.
 */
export interface AnswerMemory {
  /** Bytes that one answer can have at most. */
  readonly mostBytes: number;
  /**
   * Takes so many bytes, at once where they are there. Throws `predict.answer-too-large` for more than {@link mostBytes}, and
   * `predict.overloaded` where there are none in time or too many wait already.
   */
  take(owner: string, bytes: number, deadlineAt?: number): Lease | Promise<Lease>;
  state(): { bytes: number; waiting: number };
}

type Waiting = { owner: string; bytes: number; admit: () => void; timer: NodeJS.Timeout };

/** Answers up to this size wait for nobody: so many of them as may be under way take little. */
const SMALL_BYTES = 64 * 1024;
/** Answers of one endpoint that may wait. */
const MOST_WAITING = 64;
/** Of all memory, what one endpoint may have. */
const SHARE = 0.5;

export type AnswerMemoryOptions = {
  totalBytes: number;
  /** Longest wait. */
  maxHoldMs: number;
};

export function answerMemory({ totalBytes, maxHoldMs }: AnswerMemoryOptions): AnswerMemory {
  const mostBytes = Math.floor(totalBytes * SHARE);
  const line = new FairLine<Waiting>();
  const taken = new Map<string, number>();
  let bytesTaken = 0;

  function hasRoom(owner: string, bytes: number): boolean {
    return bytesTaken + bytes <= totalBytes && (taken.get(owner) ?? 0) + bytes <= mostBytes;
  }

  function add(owner: string, bytes: number): void {
    bytesTaken += bytes;
    const left = (taken.get(owner) ?? 0) + bytes;
    if (left > 0) taken.set(owner, left);
    else taken.delete(owner);
  }

  function leaseOf(owner: string, bytes: number): Lease {
    let own = bytes;
    add(owner, own);
    return {
      set(now) {
        add(owner, now - own);
        const isLess = now < own;
        own = now;
        if (isLess) admitNext();
      },
      release() {
        add(owner, -own);
        own = 0;
        admitNext();
      },
    };
  }

  /** In turns; one that does not fit lets those of other endpoints by, and keeps its place among its own. */
  function admitNext(): void {
    if (line.size === 0) return;
    const full = new Set<string>();
    const back: Waiting[] = [];
    for (let next = line.take(); next !== undefined; next = line.take()) {
      const { item, charge } = next;
      if (!full.has(item.owner) && hasRoom(item.owner, item.bytes)) {
        charge(item.bytes);
        clearTimeout(item.timer);
        item.admit();
      } else {
        full.add(item.owner);
        back.push(item);
      }
    }
    for (const item of back) line.add(item.owner, item);
  }

  function wait(owner: string, bytes: number, deadlineAt: number): Promise<Lease> {
    if (line.sizeOf(owner) >= MOST_WAITING) throw fail('predict.overloaded');
    const ms = Math.min(maxHoldMs, deadlineAt - performance.now());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        owner,
        bytes,
        admit: () => resolve(leaseOf(owner, bytes)),
        timer: setTimeout(
          () => {
            line.remove((each) => each === waiting);
            reject(fail(ms < maxHoldMs ? 'predict.too-late' : 'predict.overloaded'));
          },
          Math.max(1, ms),
        ),
      };
      line.add(owner, waiting);
    });
  }

  return {
    mostBytes,
    take(owner, bytes, deadlineAt = Number.POSITIVE_INFINITY) {
      if (bytes > mostBytes) throw fail('predict.answer-too-large', { bytes, limitBytes: mostBytes });
      const isNext = line.sizeOf(owner) === 0 && hasRoom(owner, bytes);
      if (isNext || bytes <= SMALL_BYTES) return leaseOf(owner, bytes);
      return wait(owner, bytes, deadlineAt);
    },
    state: () => ({ bytes: bytesTaken, waiting: line.size }),
  };
}
