import { analyse } from 'chardet';
import { type Encoding, textDecoder } from '../delimited/decode.ts';
import { ALPHABETS, type Language, SINGLE_BYTE } from './languages.ts';

export type LegacyEncoding = { encoding: Encoding; confident: boolean };

/** Words looked at; more say nothing new. */
const MAX_WORDS = 2_000;
/** Up to this share of words that no language explains an encoding is taken without a warning. */
const CONFIDENT = 0.15;
/** How much more likely the words must be than in any other encoding that reads them otherwise: e to the power of it. */
const MARGIN = 1.5;
/** How much more likely the encoding of the first file of a dataset is than others, as a logarithm. */
const FIRST = Math.log(100);
/** And of fewer words than these. */
const FEW_WORDS = 5;
const FEW_WORDS_MARGIN = 4;

/**
 * The encoding of text that is not UTF-8, from a sample of its lines that are not plain ASCII.
 *
 * Encodings of one byte a character: the one in which the words are most likely, each a word of one of the languages that
 * are written in it, by how frequent its letters beyond a to z are there. Encodings of East Asia where no language of these
 * explains the words: those in which all of the sample is valid and most of it usual characters, told apart by the library
 * chardet. Windows-1252 where neither explains anything.
 */
export function legacyEncoding(sample: Uint8Array): LegacyEncoding {
  return mostLikely(sample, undefined);
}

/**
 * As {@link legacyEncoding} of a later file, where the encoding of the first file needs less evidence than others: a word or
 * two that several encodings read are in that one.
 */
export function legacyEncodingAfter(sample: Uint8Array, first: Encoding): LegacyEncoding {
  const twoByte = EAST_ASIAN.find(({ encoding }) => encoding === first);
  if (twoByte === undefined) return mostLikely(sample, first);
  if (usualShare(sample, twoByte) >= MOSTLY_USUAL) return { encoding: first, confident: true };
  return mostLikely(sample, undefined);
}

function mostLikely(sample: Uint8Array, first: Encoding | undefined): LegacyEncoding {
  const read = SINGLE_BYTE.map(({ encoding, languages, prior }) => {
    const text = textDecoder({ encoding }).decode(sample);
    const words = wordsOf(text);
    const { likelihood, unexplained } = explain(words, languages);
    return {
      encoding,
      text,
      words: words.length,
      likelihood: likelihood + prior + (encoding === first ? FIRST : 0),
      unexplained,
    };
  });
  const best = read.reduce((most, one) => (one.likelihood > most.likelihood ? one : most));
  const multiByte = best.unexplained <= CONFIDENT ? null : eastAsian(sample);
  if (multiByte !== null) return multiByte;
  if (best.unexplained > 0.5) return { encoding: 'windows-1252', confident: false };
  const margin = best.words < FEW_WORDS ? FEW_WORDS_MARGIN : MARGIN;
  const rivals = read.filter(
    ({ text, likelihood }) => text !== best.text && best.likelihood - likelihood < margin,
  );
  return { encoding: best.encoding, confident: best.unexplained <= CONFIDENT && rivals.length === 0 };
}

/** Runs of letters and signs, without quotation marks, dashes and what else stands against words. */
const WORD = /[^\0-@[-`{-\x7f‘’‚“”„«»‹›–—…•·¿¡\u00a0\u00ad]+/g;
const SIGNS_ALONE = /^[€£§°±²³µ©®™№ºª¼½¾×]+$/;
/** As `°C`, `£m`, `m²`, `Name®` are written. */
const SIGNS_ASIDE = /^[°µ£€§]?(?=[a-z]{1,2}$)|[²³®™ºª]$/gi;

/** Different words that are not plain ASCII. */
function wordsOf(text: string): string[] {
  const found = (text.match(WORD) ?? []).filter((word) => /[^a-z]/i.test(word) && !SIGNS_ALONE.test(word));
  return [...new Set(found.map((word) => word.replace(SIGNS_ASIDE, '')))].slice(0, MAX_WORDS);
}

/** Logarithms of how likely a letter is that its language lacks, a word that no language has, capitals alone. */
const FOREIGN_LETTER = Math.log(1e-4);
const BAD_CASE = Math.log(1e-3);
const CAPITALS = Math.log(0.1);
const ROUNDS = 3;

/** The log-likelihood of words, each of one of the languages, which are as frequent as their words; and the share without one. */
function explain(
  words: readonly string[],
  languages: readonly Language[],
): { likelihood: number; unexplained: number } {
  const spelled = words.map((word) => languages.map((language) => spelling(word, language)));
  let shares = languages.map(() => 1 / languages.length);
  let likelihood = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const counts = languages.map(() => 1 / languages.length);
    likelihood = 0;
    for (const one of spelled) {
      const scores = one.map(({ score }, i) => score + Math.log(shares[i]!));
      const best = scores.indexOf(Math.max(...scores));
      counts[best]!++;
      likelihood += scores[best]!;
    }
    shares = counts.map((count) => count / (words.length + 1));
  }
  const unexplained = spelled.filter((one) => !one.some(({ isSpelled }) => isSpelled)).length;
  return { likelihood, unexplained: unexplained / Math.max(1, words.length) };
}

/** How likely the letters of a word are in a language. Words of Latin letters have one of a to z at least. */
function spelling(word: string, language: Language): { score: number; isSpelled: boolean } {
  const alphabet: string = ALPHABETS[language];
  const isLatin = alphabet[0]! < '\u0370';
  const letters = [...word.replaceAll('İ', 'i').toLowerCase()];
  const isCased = !/\p{Ll}\p{Lu}/u.test(word);
  const plain = letters.filter((letter) => letter <= 'z').length;
  const ranks = letters.filter((letter) => letter > 'z').map((letter) => alphabet.indexOf(letter));
  const isSpelled =
    isCased &&
    ranks.every((rank) => rank >= 0) &&
    (isLatin ? plain > 0 || letters.length === 1 : plain === 0);
  // Letters are about as frequent as one over their rank (Zipf).
  const total = Math.log(alphabet.length) + 0.58;
  const score = ranks.reduce(
    (sum, rank) => sum + (rank < 0 ? FOREIGN_LETTER : -Math.log((rank + 1) * total)),
    0,
  );
  const capitals = word.length > 1 && word === word.toUpperCase() ? CAPITALS : 0;
  return { score: score + capitals + (isSpelled ? 0 : BAD_CASE), isSpelled };
}

type TwoByteEncoding = {
  encoding: Encoding;
  /** What chardet calls it. */
  name: string;
  isUsual: (first: number, second: number) => boolean;
};

const between = (least: number, most: number) => (byte: number) => byte >= least && byte <= most;
const isHigh = between(0xa1, 0xfe);

export const TWO_BYTES: ReadonlySet<Encoding> = new Set(['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr']);

/** Encodings of two bytes a character, with the characters of daily use. */
const EAST_ASIAN: readonly TwoByteEncoding[] = [
  {
    encoding: 'shift_jis',
    name: 'Shift_JIS',
    isUsual: (first) => between(0x81, 0x83)(first) || between(0x88, 0x97)(first),
  },
  {
    encoding: 'euc-jp',
    name: 'EUC-JP',
    isUsual: (first, second) => between(0xa1, 0xcf)(first) && isHigh(second),
  },
  {
    encoding: 'gb18030',
    name: 'GB18030',
    isUsual: (first, second) => between(0xa1, 0xd7)(first) && isHigh(second),
  },
  { encoding: 'big5', name: 'Big5', isUsual: between(0xa1, 0xc6) },
  {
    encoding: 'euc-kr',
    name: 'EUC-KR',
    isUsual: (first, second) => between(0xa1, 0xc8)(first) && isHigh(second),
  },
];

/** Shares of usual characters below this are not text of that encoding. */
const USUAL_SHARE = 0.6;
/** As sure as it gets for an encoding that is expected. */
const MOSTLY_USUAL = 0.9;

/** What the library must be more sure of one encoding than of the next, of 100. */
const LEAD = 10;
/** Fewer bytes beyond ASCII leave more than one encoding possible. */
const ENOUGH_BYTES = 20;

function eastAsian(sample: Uint8Array): LegacyEncoding | null {
  const possible = EAST_ASIAN.map((one) => ({ ...one, usual: usualShare(sample, one) })).filter(
    ({ usual }) => usual >= USUAL_SHARE,
  );
  if (possible.length === 0) return null;
  // The library gives no opinion on fewer than eleven characters, so that it gets a small sample several times.
  const repeated = Buffer.concat(Array.from({ length: sample.length < 4_096 ? 12 : 1 }, () => sample));
  const confidence = new Map(analyse(repeated).map(({ name, confidence }) => [name as string, confidence]));
  const score = (one: (typeof possible)[number]) => ((confidence.get(one.name) ?? 0) + 10) * one.usual ** 3;
  const [best, next] = possible.sort((a, b) => score(b) - score(a));
  return {
    encoding: best!.encoding,
    confident:
      next === undefined ||
      (score(best!) - score(next) >= LEAD && sample.filter((byte) => byte > 0x7f).length >= ENOUGH_BYTES),
  };
}

/** The share of characters of two bytes that are usual ones; 0 where the sample is not valid in the encoding. */
function usualShare(sample: Uint8Array, { encoding, isUsual }: TwoByteEncoding): number {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(sample);
  } catch {
    return 0;
  }
  let usual = 0;
  let all = 0;
  for (let i = 0; i < sample.length; i++) {
    const first = sample[i]!;
    if (first < 0x80) continue;
    all++;
    if (encoding === 'shift_jis' && first >= 0xa1 && first <= 0xdf) {
      usual++; // katakana of one byte
      continue;
    }
    if (isUsual(first, sample[i + 1] ?? 0)) usual++;
    i++;
  }
  return usual / Math.max(1, all);
}
