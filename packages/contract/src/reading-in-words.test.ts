import { expect, it } from 'vitest';
import type { ColumnReading } from './ingest-nouns.ts';
import { findingInWords, readingInWords, warningsOf } from './reading-in-words.ts';

it.each([
  [undefined, ''],
  [{ as: 'string' }, 'as written'],
  [{ as: 'boolean' }, 'true or false'],
  [{ as: 'number', decimal: '.', thousands: '' }, 'decimal point'],
  [{ as: 'number', decimal: ',', thousands: '.' }, 'decimal comma, thousands point'],
  [{ as: 'number', decimal: '.', thousands: "'" }, 'decimal point, thousands apostrophe'],
  [
    { as: 'timestamp', formats: ['%d.%m.%Y'], order: 'dmy', timeZone: 'Europe/Berlin' },
    'day first, %d.%m.%Y, Europe/Berlin',
  ],
  [{ as: 'timestamp', formats: ['iso'], order: null, timeZone: 'UTC' }, 'iso, UTC'],
] satisfies [ColumnReading | undefined, string][])('the reading %j in words', (reading, words) => {
  expect(readingInWords(reading)).toBe(words);
});

const finding = { code: 'column-text', severity: 'warning', message: 'x is text.' } as const;

it('a finding names the option that decides otherwise, as a shell takes it', () => {
  expect(findingInWords(finding)).toBe('x is text.');
  expect(findingInWords({ ...finding, override: '--types x:number' })).toBe(
    'x is text. Override: --types x:number',
  );
  expect(findingInWords({ ...finding, override: "--types total (it's net):number" })).toBe(
    "x is text. Override: --types 'total (it'\\''s net):number'",
  );
});

it('warnings are what a reader should check', () => {
  const info = { ...finding, severity: 'info' } as const;
  expect(warningsOf({ findings: [finding, info] })).toEqual([finding]);
});
