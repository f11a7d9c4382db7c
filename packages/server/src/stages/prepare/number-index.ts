/**
 * Numbers distinct values in order of first appearance. A table of open addressing over typed arrays: it holds as many as
 * there are rows, where a Map ends at 16.8 million, in 12 to 24 bytes each. NaN equals itself; 0 and -0 are equal.
 */
export class NumberIndex {
  readonly #mask: number;
  readonly #keys: Float64Array;
  /** Number of the key at that place, from 1; 0 where there is none. */
  readonly #numbers: Int32Array;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);
  #size = 0;

  /** @param most how many distinct values there may be */
  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(16, most * 1.5)));
    this.#mask = places - 1;
    this.#keys = new Float64Array(places);
    this.#numbers = new Int32Array(places);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of a value, from 0; a new one is given the next. */
  numberOf(value: number): number {
    const key = value === 0 ? 0 : value;
    let place = this.#placeOf(key);
    for (;;) {
      const number = this.#numbers[place]!;
      if (number === 0) break;
      if (Object.is(this.#keys[place]!, key)) return number - 1;
      place = (place + 1) & this.#mask;
    }
    this.#keys[place] = key;
    this.#numbers[place] = ++this.#size;
    return this.#size - 1;
  }

  #placeOf(key: number): number {
    this.#double[0] = key;
    let h = this.#words[0]! ^ Math.imul(this.#words[1]!, 0x9e3779b1);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) & this.#mask;
  }
}
