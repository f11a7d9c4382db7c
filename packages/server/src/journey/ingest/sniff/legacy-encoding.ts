import { analyse } from 'chardet';
import { type Encoding, textDecoder } from '../delimited/decode.ts';
import { ALPHABETS, type Language, SINGLE_BYTE } from './languages.ts';

export type LegacyEncoding = { encoding: Encoding; confident: boolean };

/** Words looked at; more say nothing new. */
const MAX_WORDS = 2_000;
/** What a further language costs, as a share of the words: text of one language explains itself best. */
const LANGUAGE_COST = 0.04;
/** What rare letters and words of capitals cost at most; decides where two encodings explain the same words. */
const RARITY_COST = 0.1;
/** Up to this share of words without an explanation an encoding is taken without a warning. */
const CONFIDENT = 0.15;
/** Two encodings whose costs are nearer than this are both possible. */
const MARGIN = 0.01;

/**
 * The encoding of text that is not UTF-8, from a sample of its lines that are not plain ASCII. Encodings of East Asia
 * are told by the library chardet, where all of the sample is valid in them and most of it is of their usual
 * characters. Those of one byte a character by how many words are spelled with the letters of a language that is written
 * in them; Windows-1252 where none explains more. Not confident where over 15 % of the words stay unexplained, or where
 * another encoding explains them as well and reads them otherwise.
 */
export function legacyEncoding(sample: Uint8Array): LegacyEncoding {
  const read = SINGLE_BYTE.map(([encoding, languages]) => {
    const text = textDecoder({ encoding }).decode(sample);
    return { encoding, text, cost: costOf(text, languages) };
  });
  const best = read.reduce((least, one) => (one.cost < least.cost ? one : least));
  const multiByte = best.cost <= CONFIDENT ? null : eastAsian(sample);
  if (multiByte !== null) return multiByte;
  if (best.cost > 0.5) return { encoding: 'windows-1252', confident: false };
  const rivals = read.filter(({ text, cost }) => text !== best.text && cost - best.cost < MARGIN);
  return { encoding: best.encoding, confident: best.cost <= CONFIDENT && rivals.length === 0 };
}

/** Runs of letters and signs, without quotation marks, dashes and what else stands against words. */
const WORD = /[^\0-@[-`{-\x7f‘’‚“”„«»‹›–—…•·¿¡\u00a0\u00ad]+/g;
const SIGNS_ALONE = /^[€£§°±²³µ©®™№ºª¼½¾×]+$/;
/** As `°C`, `£m`, `m²`, `Name®` are written. */
const SIGNS_ASIDE = /^[°µ£€§]?(?=[a-z]{1,2}$)|[²³®™ºª]$/gi;

/** The least cost of explaining the words by languages: the share left unexplained, and something for each language. */
function costOf(text: string, languages: readonly Language[]): number {
  const found = (text.match(WORD) ?? []).filter((word) => /[^a-z]/i.test(word) && !SIGNS_ALONE.test(word));
  const words = [...new Set(found.map((word) => word.replace(SIGNS_ASIDE, '')))].slice(0, MAX_WORDS);
  const total = Math.max(1, words.length);
  const wellCased = words.filter((word) => !/\p{Ll}\p{Lu}/u.test(word));
  let left = wellCased;
  let used = 0;
  let rarity = 0;
  for (;;) {
    const remaining = languages.map((language) => left.filter((word) => !isSpelled(word, language)));
    const least = remaining.reduce((a, b) => (b.length < a.length ? b : a));
    if (left.length - least.length <= (used === 0 ? 0 : LANGUAGE_COST * total)) break;
    if (used === 0) rarity = rarityIn(left, languages[remaining.indexOf(least)]!);
    left = least;
    used++;
  }
  const unexplained = words.length - wellCased.length + left.length;
  return unexplained / total + LANGUAGE_COST * Math.max(0, used - 1) + RARITY_COST * rarity;
}

/** All letters are in the alphabet; words of Latin letters have one of a to z at least. */
function isSpelled(word: string, language: Language): boolean {
  const alphabet: string = ALPHABETS[language];
  const isLatin = alphabet[0]! < '\u0370';
  const letters = [...word.toLowerCase()];
  const plain = letters.filter((letter) => letter <= 'z').length;
  if (isLatin ? plain === 0 && letters.length > 1 : plain > 0) return false;
  return letters.every((letter) => letter <= 'z' || alphabet.includes(letter));
}

/** From 0 for lower-case words of the most frequent letters to 1 for capitals of the rarest. */
function rarityIn(words: readonly string[], language: Language): number {
  const alphabet: string = ALPHABETS[language];
  const ranks = words.flatMap((word) =>
    [...word.toLowerCase()].map((letter) => alphabet.indexOf(letter)).filter((rank) => rank >= 0),
  );
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / Math.max(1, ranks.length * alphabet.length);
  const capitals = words.filter((word) => word.length > 1 && word === word.toUpperCase()).length;
  return (mean + capitals / Math.max(1, words.length)) / 2;
}

/** Encodings of two bytes a character, with the first bytes of their usual characters. */
const EAST_ASIAN: readonly { encoding: Encoding; name: string; isUsual: (first: number) => boolean }[] = [
  {
    encoding: 'shift_jis',
    name: 'Shift_JIS',
    isUsual: (first) => (first >= 0x81 && first <= 0x83) || (first >= 0x88 && first <= 0x97),
  },
  { encoding: 'euc-jp', name: 'EUC-JP', isUsual: (first) => first >= 0xa1 && first <= 0xcf },
  { encoding: 'gb18030', name: 'GB18030', isUsual: (first) => first >= 0xa1 && first <= 0xd7 },
  { encoding: 'big5', name: 'Big5', isUsual: (first) => first >= 0xa1 && first <= 0xc6 },
  { encoding: 'euc-kr', name: 'EUC-KR', isUsual: (first) => first >= 0xa1 && first <= 0xc8 },
];

/** Shares of usual characters below this are not text of that encoding. */
const USUAL_SHARE = 0.6;

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
  const score = (one: (typeof possible)[number]) => (confidence.get(one.name) ?? 0) * one.usual;
  const [best, next] = possible.sort((a, b) => score(b) - score(a));
  return {
    encoding: best!.encoding,
    confident:
      next === undefined ||
      (score(best!) - score(next) >= LEAD && sample.filter((byte) => byte > 0x7f).length >= ENOUGH_BYTES),
  };
}

/** The share of characters of two bytes that are usual ones; 0 where the sample is not valid in the encoding. */
function usualShare(sample: Uint8Array, { encoding, isUsual }: (typeof EAST_ASIAN)[number]): number {
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
    if (isUsual(first)) usual++;
    i++;
  }
  return usual / Math.max(1, all);
}
