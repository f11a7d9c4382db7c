import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTimestamp } from './read-timestamp.ts';

describe('reading a timestamp', () => {
  it.each([
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2024-02-29T12:30', Date.UTC(2024, 1, 29, 12, 30)],
    ['2024-02-29 12:30:15', Date.UTC(2024, 1, 29, 12, 30, 15)],
    ['2024-02-29T12:30:15.25Z', Date.UTC(2024, 1, 29, 12, 30, 15, 250)],
    ['2024-02-29T12:30:15.123456789', Date.UTC(2024, 1, 29, 12, 30, 15, 123)],
    ['2024-02-29T12:30+02:00', Date.UTC(2024, 1, 29, 10, 30)],
    ['2024-02-29T12:30:00-0530', Date.UTC(2024, 1, 29, 18, 0)],
    ['0001-01-01', -62_135_596_800_000],
  ])('reads %s', (text, expected) => {
    expect(readTimestamp(text)).toBe(expected);
  });

  it.each([
    '',
    'now',
    '2024',
    '2024-2-9',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-01-01T24:00',
    '2024-01-01T12:60',
    '2024-01-01T12:00:60',
    '2024-01-01T12:00+15:00',
    '2024-01-01Z',
    ' 2024-01-01',
    '2024-01-01T12:00 Z',
  ])('reads %j as none', (text) => {
    expect(readTimestamp(text)).toBeNaN();
  });

  it('reads back every moment that toISOString writes with four digits of year', () => {
    const moments = fc.date({
      min: new Date('0000-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(moments, (date) => readTimestamp(date.toISOString()) === date.getTime()));
  });
});
