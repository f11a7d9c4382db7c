import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, type DatasetManifest, segmentFiles } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const WINTER = 't,y\n2024-03-29T00:00:00+01:00,1\n2024-03-30T00:00:00+01:00,2\n2024-03-31T00:00:00+01:00,3\n';
const SUMMER = 't,y\n2024-04-01T00:00:00+02:00,4\n2024-04-02 00:00+0200,5\n';

function readingOf({ schema }: DatasetManifest, name: string) {
  return schema.columns.find((column) => column.name === name)!.reading;
}

test('the offsets that times carry are kept with their first and last moments, and go on with later files', async () => {
  const { manifest } = await lake.ingest('first.csv', WINTER);
  const winter = {
    minutes: 60,
    from: Date.parse('2024-03-29T00:00+01:00'),
    to: Date.parse('2024-03-31T00:00+01:00'),
  };
  expect(readingOf(manifest, 't')).toMatchObject({ timeZone: 'UTC', offsets: [winter] });
  const file = await lake.file('more.csv', SUMMER);
  const more = await appendFile(manifest, { file, fileName: 'more.csv', dataset: 'things' }, lake.ports);
  const summer = {
    minutes: 120,
    from: Date.parse('2024-04-01T00:00+02:00'),
    to: Date.parse('2024-04-02T00:00+02:00'),
  };
  expect(readingOf(more.manifest, 't')).toMatchObject({ offsets: [winter, summer] });
});

test.each([
  ['UTC alone', 't,y\n2024-03-30T00:00:00Z,1\n2024-03-31T00:00:00Z,2\n'],
  ['no offset', 't,y\n2024-03-30T00:00:00,1\n2024-03-31,2\n'],
])('times in %s carry none', async (_, content) => {
  const { manifest } = await lake.ingest('plain.csv', content);
  expect(readingOf(manifest, 't')).not.toHaveProperty('offsets');
});

test('digits are numbers, dates where the type is given as timestamp, and stay numbers where it is given as number', async () => {
  const content = 't,y\n20240101,1\n20240102,2\n20240103,3\n';
  const plain = await lake.ingest('digits.csv', content);
  expect(readingOf(plain.manifest, 't')).toEqual({ as: 'number', decimal: '.', thousands: '' });
  const dates = await lake.ingest('digits.csv', content, { types: { t: 'timestamp' } });
  expect(dates.manifest.schema.columns[0]).toMatchObject({ name: 't', type: 'timestamp' });
  expect(dates.profile.columns[0]!.numeric?.min).toBe(Date.UTC(2024, 0, 1));
  const numbers = await lake.ingest('digits.csv', content, { types: { t: 'number' } });
  expect(readingOf(numbers.manifest, 't')).toMatchObject({ as: 'number', isGiven: true });
});

test('quarters, months and ISO weeks are times', async () => {
  const { manifest } = await lake.ingest(
    'periods.csv',
    'q,m,w,y\n2010-Q1,2019M01,2021-W01,1\n2010-Q2,2019M02,2021-W02,2\n2010-Q3,2019M03,2021-W03,3\n',
  );
  expect(manifest.schema.columns.slice(0, 3).map(({ type }) => type)).toEqual(Array(3).fill('timestamp'));
});

test.each([
  ['of one zone in summer and winter', ['+01:00', '+02:00'], 'info'],
  ['of several zones', ['+01:00', '+02:00', '-05:00'], 'warning'],
  ['far apart', ['+01:00', '+05:30'], 'warning'],
])('several offsets %s are told', async (_, offsets, severity) => {
  const lines = offsets.map((offset, i) => `2024-0${i + 1}-01T00:00:00${offset},${i}`);
  const { report } = await lake.ingest('zones.csv', `t,y\n${lines.join('\n')}\n`);
  const finding = report.findings.find(({ code }) => code === 'time-zone')!;
  expect(finding).toMatchObject({ column: 't', severity, count: offsets.length });
  for (const offset of offsets) expect(finding.message).toContain(offset);
});

test('times that Parquet stores as timestamps are UTC, and a time zone that is asked for is said not to apply', async () => {
  const { manifest } = await lake.ingest('first.csv', 't,y\n2024-03-30T00:00:00,1\n2024-03-31T12:00:00,2\n');
  const [path] = await segmentFiles(manifest, lake.ports.objects);
  const bytes = await readFile(path!);
  const plain = await lake.ingest('times.parquet', bytes);
  expect(plain.report.findings.some(({ code }) => code === 'time-zone')).toBe(false);
  const { report } = await lake.ingest('times.parquet', bytes, { timeZone: 'Europe/Berlin' });
  expect(report.findings).toContainEqual(
    expect.objectContaining({ code: 'time-zone', severity: 'warning', column: 't' }),
  );
  const local = await lake.ingest('local.csv', 't,y\n2024-03-30T00:00:00,1\n', { timeZone: 'Europe/Berlin' });
  const file = await lake.file('later.parquet', bytes);
  const later = await appendFile(
    local.manifest,
    { file, fileName: 'later.parquet', dataset: 'd' },
    lake.ports,
  );
  expect(later.report.findings.find(({ code }) => code === 'time-zone')!.message).toContain('Europe/Berlin');
});
