import { columnNamed, type Table } from '../../ingest/index.ts';
import { compileTermReader } from './read-terms.ts';
import { upToZero } from './split-words.ts';
import type { TextVocabulary } from './text-feature.ts';

/**
 * The values of the terms of some texts, row by row as far as they are not zero: those of row r are at
 * `starts[r] … starts[r + 1] - 1` of `terms` and `values`.
 */
export type TextTerms = {
  rows: number;
  vocabulary: TextVocabulary;
  starts: Int32Array;
  terms: Int32Array;
  values: Float32Array;
};

/** The terms of a text column in the rows of a table (in `rows`, in that order, when given), in shared memory. */
export function termsOf(vocabulary: TextVocabulary, table: Table, rows?: Int32Array): TextTerms {
  const length = rows?.length ?? table.rows;
  const starts = new Int32Array(new SharedArrayBuffer((length + 1) * Int32Array.BYTES_PER_ELEMENT));
  const terms = new Growing(Int32Array);
  const values = new Growing(Float32Array);
  const read = compileTermReader(vocabulary);
  const column = columnNamed(table, vocabulary.column);
  for (let i = 0; i < length; i++) {
    const code = column?.type === 'string' ? column.codes[rows === undefined ? i : rows[i]!]! : -1;
    if (column?.type === 'string' && code >= 0) {
      const found = read(upToZero(column.dictionary[code]!));
      for (let t = 0; t < found.terms.length; t++) {
        terms.push(found.terms[t]!);
        values.push(found.weights[t]! / found.norm);
      }
    }
    starts[i + 1] = terms.length;
  }
  return {
    rows: length,
    vocabulary,
    starts,
    terms: terms.shared(),
    values: values.shared(),
  };
}

type Numbers = Int32Array<ArrayBufferLike> | Float32Array<ArrayBufferLike>;

/** A list of numbers that grows. */
class Growing<T extends Numbers> {
  length = 0;
  readonly #Kind: new (
    from: number | SharedArrayBuffer,
  ) => T;
  #numbers: T;

  constructor(Kind: new (from: number | SharedArrayBuffer) => T) {
    this.#Kind = Kind;
    this.#numbers = new Kind(1024);
  }

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new this.#Kind(2 * this.length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = value;
  }

  shared(): T {
    const numbers = new this.#Kind(new SharedArrayBuffer(this.length * this.#numbers.BYTES_PER_ELEMENT));
    numbers.set(this.#numbers.subarray(0, this.length));
    return numbers;
  }
}
