import type { ColumnReading } from '@slipway/contract';
import { withoutUnit } from './number-unit.ts';

type NumberMarks = Pick<Extract<ColumnReading, { as: 'number' }>, 'decimal' | 'thousands' | 'unit'>;

/** Numbers that a 64-bit float cannot hold exactly stay text: they are codes. */
export const LARGEST_EXACT = Number.MAX_SAFE_INTEGER;
const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const LEADING_ZERO = /^[+-]?0\d[^.]*$/;
const DIGITS_ONLY = /^[-+]?\d+$/;

/**
 * A number in JavaScript's own writing, or null when trimmed text is none: codes with leading zeros and more digits than a
 * 64-bit float holds are none, and neither is what lies beyond it.
 */
export function plainNumber(given: string, { decimal, thousands, unit }: NumberMarks): string | null {
  const text = unit === undefined ? given : withoutUnit(given, unit);
  if (text === null) return null;
  const ungrouped = thousands === '' ? text : withoutGroups(text, decimal, thousands);
  if (ungrouped === null) return null;
  const plain = decimal === '.' ? ungrouped : withPoint(ungrouped);
  if (plain === null || !NUMBER.test(plain) || LEADING_ZERO.test(plain)) return null;
  const value = Number(plain);
  if (!Number.isFinite(value)) return null;
  return Math.abs(value) <= LARGEST_EXACT || !DIGITS_ONLY.test(plain) ? plain : null;
}

const PLAIN: NumberMarks = { decimal: '.', thousands: '' };

/**
 * The missing-value words that are numbers, such as -999: in a column of numbers whatever equals one of them is missing,
 * however it is written. A word is read with the marks of the column, or as a program writes numbers.
 */
export function missingNumbers(
  words: Iterable<string>,
  reading: NumberMarks | ColumnReading | undefined,
): ReadonlySet<number> {
  const marks = reading !== undefined && 'decimal' in reading ? reading : PLAIN;
  const numbers = [...words].flatMap((word) => {
    const plain = plainNumber(word, marks) ?? plainNumber(word, PLAIN);
    return plain === null ? [] : [Number(plain)];
  });
  return new Set(numbers);
}

/**
 * Digits that are no number: led by a zero and another digit, too many for a 64-bit float to tell apart, or a telephone
 * number (`+` and at least seven digits).
 */
export function isCode(text: string): boolean {
  if (!DIGITS_ONLY.test(text)) return false;
  if (/^\+\d{7}/.test(text)) return true;
  return /^[-+]?0\d/.test(text) || (text.length > 15 && Math.abs(Number(text)) > LARGEST_EXACT);
}

function withPoint(text: string): string | null {
  return text.includes('.') ? null : text.replace(',', '.');
}

/** `1,234,567.5` without its commas; null where the marks stand elsewhere than between groups of three. */
function withoutGroups(given: string, decimal: string, thousands: string): string | null {
  const text = thousands === ' ' ? given.replace(/[\u00a0\u202f]/g, ' ') : given;
  if (!text.includes(thousands)) return text;
  const end = text.indexOf(decimal);
  const [whole, rest] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end)];
  const groups = whole.split(thousands);
  const [first = '', ...others] = groups;
  const isGrouped = /^[-+]?[1-9]\d{0,2}$/.test(first) && others.every((group) => /^\d{3}$/.test(group));
  return isGrouped ? groups.join('') + rest : null;
}
