import type { Column } from '../../ingest/index.ts';
import { countTexts } from './count-texts.ts';
import { foundSeparators } from './separators.ts';
import { lowerAscii, separatorTable, splitWords, upToZero } from './split-words.ts';
import type { TextVocabulary } from './text-feature.ts';

/** Texts that the vocabulary is learnt from at most, evenly over the rows. */
const MOST_TEXTS = 50_000;

/** Terms that a column has at most. */
const MOST_WORDS = 12_000;
const MOST_PAIRS = 8_000;

/** What is in fewer texts says nothing about others. */
const LEAST_TEXTS = 2;

/** What ill-formed text is shown as in UTF-8; a word with it would not be the same everywhere. */
const REPLACEMENT = '\ufffd';

type TextColumn = Extract<Column, { type: 'string' }>;

/**
 * Learns words, pairs of words in a row, and how rare each is, from the texts of `rows`: of those in two texts at least the
 * ones in most texts. A word has one spelling in lower case; others are known too. Without words there is no vocabulary.
 */
export function fitVocabulary(column: TextColumn, rows: Int32Array): TextVocabulary | undefined {
  const texts = textsOf(column, rows);
  const separators = foundSeparators(texts);
  const isSeparator = separatorTable(separators);
  const words = frequent(countWords(texts, isSeparator), MOST_WORDS);
  if (words.length === 0) return undefined;
  const spelt = words.map(([word]) => word);
  const idOf = new Map(spelt.map((word, id) => [word, id]));
  const pairs = frequent(countPairs(texts, isSeparator, idOf), MOST_PAIRS);
  const rarity = (having: number) => Math.fround(1 + Math.log((1 + texts.length) / (1 + having)));
  return {
    column: column.name,
    separators,
    words: spelt,
    spellings: otherSpellings(spelt),
    pairs: pairs.map(([key]) => [Math.floor(key / spelt.length), key % spelt.length]),
    idf: [...words, ...pairs].map(([, having]) => rarity(having)),
  };
}

function textsOf(column: TextColumn, rows: Int32Array): string[] {
  const stride = Math.max(1, rows.length / MOST_TEXTS);
  const texts: string[] = [];
  for (let i = 0; i < rows.length; i += stride) {
    const code = column.codes[rows[Math.floor(i)]!]!;
    if (code >= 0) texts.push(upToZero(column.dictionary[code]!));
  }
  return texts;
}

/** In how many texts each word is, in lower case of any script. */
function countWords(texts: readonly string[], isSeparator: Uint8Array): Map<string, number> {
  return countTexts(texts, (text, have: (word: string) => void) => {
    splitWords(text, isSeparator, (spelling) => {
      const word = spelling.toLowerCase();
      if (!word.includes(REPLACEMENT)) have(word);
    });
  });
}

/** In how many texts each pair of known words is, by `first * words + second`. */
function countPairs(
  texts: readonly string[],
  isSeparator: Uint8Array,
  idOf: ReadonlyMap<string, number>,
): Map<number, number> {
  return countTexts(texts, (text, have: (pair: number) => void) => {
    let previous = -1;
    splitWords(text, isSeparator, (word) => {
      const id = idOf.get(word.toLowerCase()) ?? -1;
      if (id >= 0 && previous >= 0) have(previous * idOf.size + id);
      previous = id;
    });
  });
}

/** The keys in most texts, of equals those of the smaller key. */
function frequent<Key extends string | number>(having: Map<Key, number>, most: number): [Key, number][] {
  return [...having]
    .filter(([, texts]) => texts >= LEAST_TEXTS)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, most);
}

/**
 * As texts spell the words after A to Z were put in lower case: with a capital at the front, and all in capitals, where the
 * script has those beyond A to Z.
 */
function otherSpellings(words: readonly string[]): [string, number][] {
  const known = new Set(words);
  const found: [string, number][] = [];
  words.forEach((word, id) => {
    const [first = ''] = word;
    for (const spelling of [first.toUpperCase() + word.slice(first.length), word.toUpperCase()]) {
      const lowered = lowerAscii(spelling);
      if (known.has(lowered)) continue;
      known.add(lowered);
      found.push([lowered, id]);
    }
  });
  return found;
}
