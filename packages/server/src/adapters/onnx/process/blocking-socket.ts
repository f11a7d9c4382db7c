import { readSync, writevSync } from 'node:fs';

/** Read at once when there is as much, so that a small frame is one call of the system. */
const AHEAD_BYTES = 64 * 1024;

/** A socket that is read and written by blocking calls: nothing else is to be done meanwhile. */
export class BlockingSocket {
  readonly #descriptor: number;
  readonly #onEnd: () => never;
  readonly #ahead = new Uint8Array(AHEAD_BYTES);
  #from = 0;
  #to = 0;

  /** @param onEnd the other side is gone */
  constructor(descriptor: number, onEnd: () => never) {
    this.#descriptor = descriptor;
    this.#onEnd = onEnd;
  }

  /** The next bytes, in memory of their own. Those of a large tensor come straight to where they stay. */
  read(length: number): ArrayBuffer {
    const target = new Uint8Array(length);
    let filled = this.#takeAhead(target, 0);
    while (filled < length) {
      if (length - filled >= AHEAD_BYTES) filled += this.#receive(target, filled);
      else {
        this.#from = 0;
        this.#to = this.#receive(this.#ahead, 0);
        filled += this.#takeAhead(target, filled);
      }
    }
    return target.buffer;
  }

  /** All parts, one after the other, in one call where the system takes them. */
  write(parts: readonly Uint8Array[]): void {
    let left = parts.filter(({ byteLength }) => byteLength > 0);
    while (left.length > 0) left = without(left, writevSync(this.#descriptor, left));
  }

  #takeAhead(target: Uint8Array, at: number): number {
    const count = Math.min(this.#to - this.#from, target.length - at);
    target.set(this.#ahead.subarray(this.#from, this.#from + count), at);
    this.#from += count;
    return count;
  }

  #receive(target: Uint8Array, at: number): number {
    const count = readSync(this.#descriptor, target, at, target.length - at, null);
    return count === 0 ? this.#onEnd() : count;
  }
}

function without(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return parts.flatMap((part) => {
    const skipped = Math.min(skip, part.byteLength);
    skip -= skipped;
    return skipped === part.byteLength ? [] : [part.subarray(skipped)];
  });
}
