import type { NumberEnds } from '../ports.ts';

/** Whole numbers that lie so close together are counted exactly, a bit for each: 2 MiB at most. */
const MOST_BITS = 2 ** 24;

/** A counter for a column that is stored as whole numbers near one another; undefined for any other. */
export function distinctWhole({ isStoredWhole, min, max }: NumberEnds): DistinctWhole | undefined {
  return isStoredWhole && Number.isSafeInteger(min) && max - min < MOST_BITS
    ? new DistinctWhole(min, max)
    : undefined;
}

/** Counts distinct whole numbers from `min` to `max` exactly. */
export class DistinctWhole {
  readonly #min: number;
  readonly #seen: Uint8Array;
  #count = 0;

  constructor(min: number, max: number) {
    this.#min = min;
    this.#seen = new Uint8Array(Math.floor((max - min) / 8) + 1);
  }

  /** NaN is no value. */
  addAll(values: Float64Array): void {
    const seen = this.#seen;
    const min = this.#min;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      const place = value - min;
      const bit = 1 << (place & 7);
      const held = seen[place >>> 3]!;
      if ((held & bit) !== 0) continue;
      seen[place >>> 3] = held | bit;
      this.#count++;
    }
  }

  count(): number {
    return this.#count;
  }
}
