import { randomBytes } from 'node:crypto';

/**
 * JSON whose whole numbers keep their digits: those beyond 2^53 are bigint. Node 20 has no reviver with the source text,
 * so they pass through the parser as marked text. Nobody outside this process knows the mark, so no text of a caller is one.
 */
const MARK = `${randomBytes(16).toString('base64url')}:`;
const MARKED = new RegExp(`"${MARK}(-?(?:\\d+|Infinity)|NaN)"`, 'g');

/** Digits of the largest 64-bit number. What is longer is a floating-point number. */
const MOST_DIGITS = 20;
/** Text without such a run of digits has no number beyond 2^53. A run behind a point is a fraction. */
const LONG_INTEGER = /(?:^|[^.\d])\d{16}/;
const WHOLE = new RegExp(`^-?[1-9]\\d{15,${MOST_DIGITS - 1}}$`);

export type ExactJsonOptions = {
  /** Also reads the bare `NaN` (as null), `Infinity` and `-Infinity` that Python and Triton write. */
  allowsNonFinite?: boolean;
};

/**
 * The value of a JSON text; a whole number of up to 20 digits beyond ±2^53 is a bigint. Text without one is parsed as
 * fast as by `JSON.parse`. Throws SyntaxError.
 */
export function parseExactJson(text: string, { allowsNonFinite = false }: ExactJsonOptions = {}): unknown {
  if (LONG_INTEGER.test(text)) return parseMarked(text, allowsNonFinite);
  if (!allowsNonFinite) return JSON.parse(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return parseMarked(text, true);
  }
}

function parseMarked(text: string, allowsNonFinite: boolean): unknown {
  const marked = markTokens(text, allowsNonFinite);
  try {
    return JSON.parse(marked, (key, value: unknown) => {
      if (key.startsWith(MARK)) throw new SyntaxError('a key is no text');
      return typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value;
    });
  } catch (error) {
    // The message is to speak of the text that the caller sent.
    if (!allowsNonFinite) JSON.parse(text);
    throw new SyntaxError(error instanceof Error ? error.message.replaceAll(MARK, '') : 'it does not parse');
  }
}

/** The text with its long whole numbers marked; text in quotes is passed over. Linear in its length. */
function markTokens(text: string, allowsNonFinite: boolean): string {
  const token = /"|-?(?:\d[\d.eE+-]*|Infinity)|NaN/g;
  const parts: string[] = [];
  let copied = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [word] = found;
    if (word === '"') {
      token.lastIndex = endOfText(text, found.index);
      continue;
    }
    const replaced = replacementOf(word, allowsNonFinite);
    if (replaced === undefined) continue;
    parts.push(text.slice(copied, found.index), replaced);
    copied = token.lastIndex;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

/** Behind the quote that ends the text which begins at `start`; the end of all where none does. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}

const BACKSLASH = 92;

function replacementOf(word: string, allowsNonFinite: boolean): string | undefined {
  if (WHOLE.test(word)) return Number.isSafeInteger(Number(word)) ? undefined : `"${MARK}${word}"`;
  if (!allowsNonFinite) return undefined;
  // With spaces, so that what stands beside a token does not become part of it.
  if (word === 'NaN') return ' null ';
  if (word === 'Infinity') return ' 1e999 ';
  return word === '-Infinity' ? ' -1e999 ' : undefined;
}

/** The value as JSON, a bigint by its digits, NaN and infinite numbers as null. As fast as `JSON.stringify` where there is none. */
export function exactJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return markedJson(value, (one) => typeof one === 'bigint');
  }
}

/** As {@link exactJson}, but NaN and infinite numbers are the tokens `NaN`, `Infinity` and `-Infinity`, which JSON has not. */
export function nonFiniteJson(value: unknown): string {
  return markedJson(
    value,
    (one) => typeof one === 'bigint' || (typeof one === 'number' && !Number.isFinite(one)),
  );
}

function markedJson(value: unknown, isToken: (one: unknown) => boolean): string {
  const marked = JSON.stringify(value, (_, one: unknown) => (isToken(one) ? `${MARK}${String(one)}` : one));
  return marked.replace(MARKED, '$1');
}

/** A whole number as a number where that keeps its digits, else as it is. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
