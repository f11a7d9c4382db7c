import { wordIds } from './read-terms.ts';
import { separatorTable, splitWords, upToZero } from './split-words.ts';
import type { TextVocabulary } from './text-feature.ts';

/** What tells the words of a vocabulary from others. */
export type KnownWords = Pick<TextVocabulary, 'separators' | 'words' | 'spellings'>;

/** Compiles the count of known words in a text; NaN when it is empty, which is missing. */
export function compileKnownWords(vocabulary: KnownWords): (text: string) => number {
  const ids = wordIds(vocabulary);
  const isSeparator = separatorTable(vocabulary.separators);
  let known = 0;
  const take = (word: string) => {
    if (ids.has(word)) known++;
  };
  return (text) => {
    const whole = upToZero(text);
    known = 0;
    splitWords(whole, isSeparator, take);
    return whole === '' ? Number.NaN : known;
  };
}
