import { separatorTable, splitWords } from './split-words.ts';
import type { TextVocabulary } from './text-feature.ts';

/** More of the same term in one text count no more. */
export const MOST_REPEATS = 64;

/** 1 + ln n for n repeats (Manning, Raghavan and Schütze 2008, 6.4.1), in float32 so that every machine has the same. */
export const TERM_FREQUENCY: readonly number[] = Array.from({ length: MOST_REPEATS + 1 }, (_, repeats) =>
  repeats === 0 ? 0 : Math.fround(1 + Math.log(repeats)),
);

/**
 * The known terms of one text. `weights[i]` is the frequency of `terms[i]` times its rarity; the term's value is that over
 * `norm`, the Euclidean length of all of them, so that long and short texts weigh the same. `terms` ascend.
 */
export type TermWeights = {
  /** Words of the text, known or not. */
  words: number;
  terms: Int32Array;
  weights: Float64Array;
  /** 0 where no term is known. */
  norm: number;
};

/** Compiles the reading of single texts. What it returns is good until the next call. */
export function compileTermReader(vocabulary: TextVocabulary): (text: string) => TermWeights {
  const isSeparator = separatorTable(vocabulary.separators);
  const idOf = wordIds(vocabulary);
  const pairs = pairIds(vocabulary);
  const width = vocabulary.words.length;
  let found = new Int32Array(256);
  let weights = new Float64Array(256);
  let count = 0;
  let words = 0;
  let previous = -1;
  const add = (term: number) => {
    if (count === found.length) {
      found = grown(found, new Int32Array(2 * count));
      weights = new Float64Array(2 * count);
    }
    found[count++] = term;
  };
  const take = (word: string) => {
    words++;
    const id = idOf.get(word) ?? -1;
    if (id >= 0) add(id);
    const pair = id >= 0 && previous >= 0 ? pairs.get(previous * width + id) : undefined;
    if (pair !== undefined) add(pair);
    previous = id;
  };
  return (text) => {
    count = 0;
    words = 0;
    previous = -1;
    splitWords(text, isSeparator, take);
    const all = found.subarray(0, count).sort();
    let distinct = 0;
    let squares = 0;
    for (let i = 0; i < count; ) {
      const term = all[i]!;
      let next = i + 1;
      while (next < count && all[next] === term) next++;
      const weight = TERM_FREQUENCY[Math.min(next - i, MOST_REPEATS)]! * vocabulary.idf[term]!;
      squares += weight * weight;
      all[distinct] = term;
      weights[distinct++] = weight;
      i = next;
    }
    return {
      words,
      terms: all.subarray(0, distinct),
      weights: weights.subarray(0, distinct),
      norm: Math.sqrt(squares),
    };
  };
}

/** The number of each word by its spellings. */
export function wordIds({
  words,
  spellings,
}: Pick<TextVocabulary, 'words' | 'spellings'>): Map<string, number> {
  const ids = new Map<string, number>(spellings);
  words.forEach((word, id) => {
    ids.set(word, id);
  });
  return ids;
}

/** The term of each pair, by `first * words + second`. */
export function pairIds({ words, pairs }: TextVocabulary): Map<number, number> {
  return new Map(
    pairs.map(([first, second], index) => [first * words.length + second, words.length + index]),
  );
}

function grown(from: Int32Array<ArrayBuffer>, to: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  to.set(from);
  return to;
}
