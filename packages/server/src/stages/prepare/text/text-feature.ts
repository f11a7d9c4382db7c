/**
 * A number told by the words of a free text; missing where the text is.
 *
 * - `words`: how many there are, known or not.
 * - `topic` and `target`: the sum over the known terms of `weights[term]` times the term's value, in double precision and in
 *   the order of terms, then rounded to float32. Topics are directions along which texts differ, targets what a linear
 *   model makes of all terms at once.
 *
 * The value of a term is (1 + ln n) · idf for n repeats in the text, over the Euclidean length of all of them.
 */
export type TextFeature = {
  kind: 'text';
  name: string;
  column: string;
  of: 'words' | 'topic' | 'target';
  /** Float32 numbers, one for each term of the vocabulary; none for `words`. */
  weights: number[];
  /** The same object for all features of a column. */
  vocabulary: TextVocabulary;
};

/** The terms of a text column, learnt from training rows: words first, then pairs of words in a row. */
export type TextVocabulary = {
  column: string;
  /** Characters that part words, beside the space. */
  separators: string;
  /** In lower case. */
  words: string[];
  /** Words as they are spelt with capitals beyond A to Z, and their numbers. */
  spellings: [spelling: string, word: number][];
  /** Numbers of two words in a row. */
  pairs: [first: number, second: number][];
  /** Of each term, how rare it is: 1 + ln((1 + texts) / (1 + texts that have it)), in float32. */
  idf: number[];
};
