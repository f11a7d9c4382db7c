import { readOptionsSchema } from '@slipway/contract';
import { expect, it } from 'vitest';
import { DETECTED, readOptionsOf } from './reading-form.ts';

it('a form that says nothing leaves everything to the file', () => {
  expect(readOptionsOf(DETECTED)).toBeUndefined();
});

it('what is filled in is said as the contract takes it', () => {
  const form = {
    ...DETECTED,
    delimiter: '\t',
    quote: 'none',
    header: '3',
    skipRows: '2',
    skipFooter: '0',
    comment: '#',
    encoding: 'windows-1252',
    missing: 'n.a., none',
    types: 'zip:text, day:date',
    decimal: ',',
    dateOrder: 'dmy',
    timeZone: 'Europe/Berlin ',
    allowMissing: 'late',
  };
  const read = readOptionsOf(form);
  expect(read).toEqual({
    delimiter: '\t',
    quote: '',
    header: 3,
    skipRows: 2,
    skipFooter: 0,
    comment: '#',
    encoding: 'windows-1252',
    missing: ['n.a.', 'none'],
    types: { zip: 'string', day: 'timestamp' },
    decimal: ',',
    dateOrder: 'dmy',
    timeZone: 'Europe/Berlin',
    allowMissing: ['late'],
  });
  expect(readOptionsSchema.safeParse(read).success).toBe(true);
});

it('a header is yes or no too, and no missing words go before words', () => {
  expect(readOptionsOf({ ...DETECTED, header: 'no' })).toEqual({ header: false });
  expect(readOptionsOf({ ...DETECTED, header: 'yes' })).toEqual({ header: true });
  const both = { ...DETECTED, missing: 'x', noMissingWords: true };
  expect(readOptionsOf(both)).toEqual({ noMissingWords: true });
});

it('what is no list of types is told with its field', () => {
  expect(() => readOptionsOf({ ...DETECTED, types: 'zip:postcode' })).toThrow(
    expect.objectContaining({ path: 'read.types' }),
  );
});
