import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { previewRows, textReader } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

async function stored(values: readonly string[], options: object = {}) {
  const text = ['n\tt', ...values.map((value, i) => `${i}\t${value}`)].join('\n');
  const { manifest, report } = await lake.ingest('dates.tsv', Buffer.from(text), options);
  const rows = await previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);
  return { column: manifest.schema.columns[1]!, values: rows.map(({ t }) => t), report };
}

const DAY = '2023-01-15';
const AT = `${DAY}T13:45:10.000Z`;

describe('times as other programs export them are times', () => {
  test.each<[string, string, string, string]>([
    ['day, month and year by dots, the year first', '2023.01.15', '2023.01.16', `${DAY}T00:00:00.000Z`],
    ['the same with a time', '2023.01.15 13:45:10', '2023.02.01 03:00:00', AT],
    ['BigQuery', '2023-01-15 13:45:10 UTC', '2023-02-01 03:00:00.123456 UTC', AT],
    ['BigQuery, no seconds', '2023-01-15 13:45 UTC', '2023-02-01 3:00 UTC', `${DAY}T13:45:00.000Z`],
    ['mail', 'Sun, 15 Jan 2023 13:45:10 GMT', 'Wed, 01 Feb 2023 03:00:00 GMT', AT],
    ['mail with an offset', 'Sun, 15 Jan 2023 14:45:10 +0100', 'Wed, 1 Feb 2023 03:00:00 +0100', AT],
    ['logs of web servers', '15/Jan/2023:15:45:10 +0200', '01/Feb/2023:03:00:00 +0200', AT],
    ['Oracle', '15-Jan-2023 13:45:10', '01-FEB-2023 03:00:00', AT],
    ['in words', 'Jan 15, 2023, 1:45 PM', 'Feb 1, 2023, 3:00 AM', `${DAY}T13:45:00.000Z`],
    ['in words, no comma', 'Jan 15, 2023 1:45:10 PM', 'Feb 1, 2023 3:00:00 AM', AT],
    ['with the weekday', 'Sunday, January 15, 2023', 'Wednesday, February 1, 2023', `${DAY}T00:00:00.000Z`],
    ['compact', '20230115T134510Z', '20230201T030000Z', AT],
    ['compact with a time', '20230115 13:45', '20230201 03:00', `${DAY}T13:45:00.000Z`],
  ])('%s: %s', async (_, first, second, moment) => {
    const { column, values } = await stored([first, second, first]);
    expect([column.type, values[0], values[2]]).toEqual(['timestamp', moment, moment]);
    expect(String(values[1])).toMatch(/^2023-0(?:2-01|1-16)T0[0-3]:00:00/);
    const read = textReader(column.reading!);
    expect([first, second].map((text) => new Date(Number(read(text))).toISOString())).toEqual([
      moment,
      new Date(String(values[1])).toISOString(),
    ]);
    expect(read('yesterday')).toBeUndefined();
  });

  test('those that say their offset are not moved by a time zone, others are', async () => {
    const options = { timeZone: 'Europe/Berlin' };
    for (const text of ['Sun, 15 Jan 2023 13:45:10 GMT', '20230115T134510Z', '2023-01-15 13:45:10 UTC']) {
      const { column, values } = await stored([text, text], options);
      expect([text, values[0]]).toEqual([text, AT]);
      expect(textReader(column.reading!)(text)).toBe(Date.parse(AT));
    }
    const { values } = await stored(['15-Jan-2023 14:45:10', '16-Jan-2023 14:45:10'], options);
    expect(values[0]).toBe(AT);
  });

  test('offsets of the values are kept, by which forecasts follow local time', async () => {
    const { column } = await stored(['15/Jan/2023:15:45:10 +0100', '15/Jul/2023:15:45:10 +0200']);
    expect(column.reading).toMatchObject({
      offsets: [expect.objectContaining({ minutes: 60 }), expect.objectContaining({ minutes: 120 })],
    });
  });

  test('days that no calendar has are none', async () => {
    const { column } = await stored(['31-Feb-2023 13:45:10', '30-Feb-2023 13:45:10']);
    expect(column.type).toBe('string');
  });
});
