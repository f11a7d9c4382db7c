import type { RawKind, Reading } from '../ports.ts';
import { isMissingWord } from '../settings.ts';
import { DATE_FORMATS } from './date-formats.ts';

/** Numbers that a 64-bit float cannot hold exactly stay text: they are codes. */
const LARGEST_EXACT = 2 ** 53;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const LEADING_ZERO = /^[+-]?0\d[^.]*$/;
const DIGITS_ONLY = /^[-+]?\d+$/;

/** Of sources that have timestamps of their own. */
export const NATIVE_TIMESTAMP: Reading = { as: 'timestamp', format: 'native', pattern: '' };

/** Every reading that text may have, the most telling first; a string always fits and is not listed. */
export function textReadings(decimal: '.' | ','): Reading[] {
  const dates = DATE_FORMATS.map((form): Reading => ({ as: 'timestamp', ...form }));
  const numbers = decimal === ',' ? ([',', '.'] as const) : (['.'] as const);
  return [
    { as: 'boolean' },
    ...numbers.map((mark): Reading => ({ as: 'integer', decimal: mark })),
    ...numbers.map((mark): Reading => ({ as: 'number', decimal: mark })),
    ...dates,
  ];
}

/** Readings to try for a column whose source already has types; text of such sources may still hold dates. */
export function readingsOfKind(kind: RawKind): Reading[] {
  if (kind === 'text') return textReadings('.').filter((reading) => reading.as === 'timestamp');
  if (kind === 'number-text')
    return textReadings('.').filter(({ as }) => as === 'integer' || as === 'number');
  if (kind === 'integer') return [{ as: 'integer', decimal: '.' }];
  if (kind === 'number') return [{ as: 'number', decimal: '.' }];
  if (kind === 'boolean') return [{ as: 'boolean' }];
  if (kind === 'timestamp') return [NATIVE_TIMESTAMP];
  return [];
}

/** Those of `readings` that every present value of the sample fits; null when no value is present. */
export function surviving(values: Iterable<string>, readings: readonly Reading[]): Reading[] | null {
  let left = [...readings];
  let present = false;
  for (const value of values) {
    if (isMissingWord(value)) continue;
    present = true;
    if (left.length === 0) break;
    const text = value.trim();
    left = left.filter((reading) => fits(text, reading));
  }
  return present ? left : null;
}

/** Whether a present, trimmed value fits a reading. The engine's SQL says the same. */
export function fits(text: string, reading: Reading): boolean {
  if (reading.as === 'string') return true;
  if (reading.as === 'boolean') return /^(?:true|false)$/i.test(text);
  if (reading.as === 'timestamp') return dateFits(text, reading.format);
  const plain = plainNumber(text, reading.decimal);
  if (plain === null || !NUMBER.test(plain) || LEADING_ZERO.test(plain)) return false;
  const value = Number(plain);
  if (!Number.isFinite(value)) return false;
  if (reading.as === 'integer') return Number.isInteger(value) && Math.abs(value) <= LARGEST_EXACT;
  return Math.abs(value) <= LARGEST_EXACT || !DIGITS_ONLY.test(plain);
}

function plainNumber(text: string, decimal: '.' | ','): string | null {
  if (decimal === '.') return text;
  return text.includes('.') ? null : text.replace(',', '.');
}

const PATTERNS = new Map(
  DATE_FORMATS.map(({ format, pattern }) => [format, new RegExp(`^(?:${pattern})$`, 'i')]),
);

function dateFits(text: string, format: string): boolean {
  return PATTERNS.get(format)?.test(text) ?? false;
}
