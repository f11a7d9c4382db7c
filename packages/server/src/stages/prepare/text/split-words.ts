/** Only what stands before this many spaces counts, so that no text takes longer than some 40 milliseconds. */
export const MOST_SPACES = 2000;

/** What stands between two spaces is passed over when it has more characters (code points): it is no word. */
export const LONGEST_PIECE = 256;

const UPPER_A = 65;
const UPPER_Z = 90;

/**
 * Hands the words of a text to `take`, in their order: what stands between spaces and separators, with A to Z in lower case.
 * Other letters keep their case, as a runtime without language packs keeps it; {@link TextVocabulary} knows both spellings.
 *
 * @param isSeparator 1 for each UTF-16 unit that separates
 */
export function splitWords(text: string, isSeparator: Uint8Array, take: (word: string) => void): void {
  let from = 0;
  for (let spaces = 0; spaces < MOST_SPACES && from <= text.length; spaces++) {
    const space = text.indexOf(' ', from);
    const end = space < 0 ? text.length : space;
    if (end > from && !isTooLong(text, from, end)) splitPiece(text, from, end, isSeparator, take);
    from = end + 1;
  }
}

/** The text up to its first zero character, where some runtimes end a text anyhow. What is empty then is missing. */
export function upToZero(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** One entry for each UTF-16 unit, 1 for those of `separators`. */
export function separatorTable(separators: string): Uint8Array {
  const table = new Uint8Array(0x1_0000);
  for (let i = 0; i < separators.length; i++) table[separators.charCodeAt(i)] = 1;
  return table;
}

/** The text with A to Z in lower case and all else as it is. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function splitPiece(
  text: string,
  from: number,
  to: number,
  isSeparator: Uint8Array,
  take: (word: string) => void,
): void {
  let start = from;
  let hasUpper = false;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (isSeparator[unit] === 1) {
      if (i > start) take(wordOf(text, start, i, hasUpper));
      start = i + 1;
      hasUpper = false;
    } else if (unit >= UPPER_A && unit <= UPPER_Z) hasUpper = true;
  }
  if (to > start) take(wordOf(text, start, to, hasUpper));
}

function wordOf(text: string, from: number, to: number, hasUpper: boolean): string {
  const word = text.slice(from, to);
  return hasUpper ? lowerAscii(word) : word;
}

function isTooLong(text: string, from: number, to: number): boolean {
  if (to - from <= LONGEST_PIECE) return false;
  // A code point has at most two units.
  if (to - from > 2 * LONGEST_PIECE) return true;
  let points = 0;
  for (const _ of text.slice(from, to)) points++;
  return points > LONGEST_PIECE;
}
