import type { NumberUnit } from '@slipway/contract';

const BLANK = '[\\t \u00a0\u202f]*';
const DIGITS = "[0-9.](?:[0-9.,'eE+\u00a0\u202f -]*[0-9.])?";
/** So many values are looked at. */
const VALUES_SEEN = 500;

/**
 * What a number with its unit looks like, in the regular expressions that JavaScript and the table engine share. Its groups: a sign
 * before the unit, a sign behind it, the digits with their marks, and in place of these the digits in brackets, or before a minus, both
 * of which mark negative numbers. A currency may be left out, as where only the first row has it; any other unit may not: 0.5 in a column of percent
 * may be half a percent or half of all.
 */
export function unitPattern({ before, after }: NumberUnit): string {
  const mark = isCurrency(before + after) ? '?' : '';
  const first = before === '' ? '' : `(?:${escaped(before)}${BLANK})${mark}`;
  const last = after === '' ? '' : `(?:${BLANK}${escaped(after)})${mark}`;
  const signed = `([-+]?)${BLANK}${first}([-+]?)(${DIGITS})${last}`;
  const bracketed = `[(]${BLANK}${first}(${DIGITS})${last}${BLANK}[)]`;
  const trailed = `${first}(${DIGITS})${last}${BLANK}-`;
  return `(?:${signed}|${bracketed}|${trailed})`;
}

const PATTERNS = new WeakMap<NumberUnit, RegExp>();

/** The number of trimmed text without its unit, its marks as they are; null where the unit or the number is missing. */
export function withoutUnit(text: string, unit: NumberUnit): string | null {
  let pattern = PATTERNS.get(unit);
  if (pattern === undefined) {
    pattern = new RegExp(`^${unitPattern(unit)}$`, 'u');
    PATTERNS.set(unit, pattern);
  }
  const found = pattern.exec(text);
  if (found === null) return null;
  const [, sign = '', second = '', digits = '', bracketed, trailed] = found;
  const negative = bracketed ?? trailed;
  return negative === undefined ? sign + second + digits : `-${negative}`;
}

const CODES = new Set(Intl.supportedValuesOf('currency'));
const SYMBOL = /^(?:[A-Z]{1,3})?\p{Sc}$/u;

/** Whether text names a currency: a symbol (`$`, `R$`), or a code of ISO 4217. No text is none that could be meant otherwise. */
function isCurrency(text: string): boolean {
  return text === '' || SYMBOL.test(text) || CODES.has(text);
}

const BEFORE = /^[-+(]?\s?([A-Z]{0,3}\p{Sc}|[A-Z]{3}(?=\s))\s?[-+]?\.?\d/u;
const AFTER =
  /^[-+(]?[\d.][\d.,'\s]*?(?:\s?([%\u2030\p{Sc}])|\s([\p{L}\u00b5\u00b0\u2126][\p{L}\d\u00b2\u00b3/%]{0,5}))\)?$/u;
/** Digits in brackets, as accountants write negative numbers, and before a minus, as SAP does. */
const NEGATIVE = /^(?:\(\s?[\d.][\d.,'\s]*\)|[\d.][\d.,']*\s?-)$/;
/** Times of the day, and days of a month: what stands beside the digits is no unit. */
const NO_UNIT = /^(?:am|pm|a\.m|p\.m|jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|uhr|bc|ad)$/i;

/** The unit beside the numbers of a column, by the first values that have one; undefined where none has. */
export function unitOf(values: Iterable<string>): NumberUnit | undefined {
  let isMarked = false;
  let seen = 0;
  for (const value of values) {
    const text = value.trim();
    if (text === '') continue;
    if (++seen > VALUES_SEEN) break;
    const [, before = ''] = BEFORE.exec(text) ?? [];
    if (isCurrency(before) && before !== '') return { before, after: '' };
    const [, symbol, word] = AFTER.exec(text) ?? [];
    const after = symbol ?? word;
    if (after !== undefined && !NO_UNIT.test(after)) return { before: '', after };
    isMarked ||= NEGATIVE.test(text);
  }
  return isMarked ? { before: '', after: '' } : undefined;
}

function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}/]/g, '\\$&');
}
