import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetVersion, IngestFinding } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, type Platform, ROOT, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const CASES = join(ROOT, '../shared/cases/data');
const HAS_CASES = existsSync(CASES);

afterAll(cleanUp);

type Row = Record<string, string | number | boolean | null>;

/** What a file must be read as: the dataset that `slipway data add` makes of it, or the failure it ends with. */
type Reading = {
  file: string;
  says: string;
  rows?: number;
  columns?: string[];
  /** Types by column. */
  types?: Record<string, string>;
  /** Roles by column. */
  roles?: Record<string, string>;
  /** Distinct values by column. */
  distinct?: Record<string, number>;
  /** Values by row and column. */
  values?: [row: number, column: string, value: Row[string]][];
  /** A finding that the report must have. */
  finding?: Partial<IngestFinding>;
  /** Appended afterwards, and checked in its stead. */
  append?: string;
};

const READINGS: Reading[] = [
  {
    file: 'dayfirst_jan_mar.csv',
    append: 'dayfirst_append.csv',
    says: 'the order of day and month is the dataset’s',
    rows: 102,
    values: Array.from({ length: 12 }, (_, i) => [
      90 + i,
      'day',
      `2023-04-${String(i + 1).padStart(2, '0')}T00:00:00.000Z`,
    ]),
  },
  {
    file: 'decimal_comma.csv',
    append: 'decimal_comma_append.csv',
    says: 'the decimal mark is the dataset’s',
    rows: 42,
    values: [
      [1, 'a', 1.1],
      [40, 'a', 1234],
      [41, 'a', 2500],
    ],
    finding: { code: 'thousands-mark', severity: 'warning', column: 'a' },
  },
  {
    file: 'types.parquet',
    says: 'digits of decimal and 64-bit ids survive',
    types: { snow_id: 'string', oracle_id18: 'string', u64: 'string', i64: 'string' },
    distinct: { snow_id: 3, oracle_id18: 3 },
  },
  {
    file: 'bigint.ndjson',
    says: 'digits of whole numbers in JSON survive',
    types: { a: 'string', c: 'string' },
    values: [
      [0, 'a', '12345678901234567890123'],
      [1, 'a', '12345678901234567890124'],
      [0, 'c', '9007199254740993'],
    ],
  },
  {
    file: 'datecode.ndjson',
    says: 'codes that look like dates stay text',
    types: { sort: 'string', t: 'string' },
    values: [
      [0, 'sort', '12-05-11'],
      [0, 't', '08:30:00'],
      [0, 'amer', '2025-11-25T00:00:00.000Z'],
    ],
  },
  {
    file: 'onebadnumber.csv',
    says: 'one odd value in a thousand does not decide a column',
    types: { income: 'number' },
    finding: { code: 'value-not-read', column: 'income', value: '#DIV/0!', count: 1, severity: 'warning' },
  },
  {
    file: 'concat.csv',
    says: 'a repeated header is reported with its line',
    rows: 300,
    types: { age: 'number', income: 'number' },
    finding: { code: 'repeated-header', line: 152 },
  },
  {
    file: 'numheader.csv',
    says: 'a header of numbers is a header',
    rows: 40,
    columns: ['0', '1', '2', '3'],
  },
  {
    file: 'preamble.csv',
    says: 'lines before the header are skipped',
    rows: 30,
    columns: ['city', 'sales', 'open'],
    finding: { code: 'skipped-lines' },
  },
  {
    file: 'sep2.csv',
    says: 'a line that names the separator is none of the table',
    rows: 3,
    columns: ['city', 'sales'],
  },
  {
    file: 'comment.csv',
    says: 'comments before the header are skipped',
    columns: ['city', 'sales'],
    finding: { code: 'comment-lines' },
  },
  { file: 'columns.json', says: 'JSON by columns is read by rows', rows: 50, columns: ['age', 'y'] },
  {
    file: 'nan.ndjson',
    says: 'NaN is missing in JSON',
    rows: 2,
    values: [
      [0, 'a', null],
      [1, 'a', 2.5],
      [1, 'b', null],
    ],
  },
  {
    file: 'onebad.csv',
    says: 'one bad byte leaves all letters right',
    values: [
      [0, 'city', 'Zürich'],
      [1, 'city', 'Genève'],
    ],
    finding: { code: 'encoding-repaired' },
  },
  {
    file: 'pandas_index.csv',
    says: 'an index column is recognised',
    rows: 400,
    roles: { column_1: 'identifier' },
    finding: { code: 'index-column', column: 'column_1' },
  },
  {
    file: 'rnames.csv',
    says: 'a header one shorter than the rows means row names',
    rows: 2,
    finding: { code: 'row-names' },
  },
  {
    file: 'target_ws.csv',
    says: 'labels that nearly coincide are reported',
    finding: { code: 'near-labels', column: 'answer', severity: 'warning' },
  },
  {
    file: 'na_target.csv',
    says: 'words that may be classes are kept',
    finding: { code: 'missing-words', column: 'region', count: 211 },
  },
];

describe.skipIf(!HAS_CASES)('inputs of users, as ../shared/cases has them (needs ../shared/cases)', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 2 * MINUTES);

  it.each(READINGS)(
    '$file: $says (CLI)',
    async (reading) => {
      const name = `cli-${reading.file.replace(/\W/g, '-').replaceAll('_', '-')}`;
      let version = await platform.answer<DatasetVersion>([
        'data',
        'add',
        join(CASES, reading.file),
        '--name',
        name,
      ]);
      if (reading.append !== undefined)
        version = await platform.answer<DatasetVersion>([
          ...['data', 'add', join(CASES, reading.append), '--name', name, '--append'],
        ]);
      await expectRead(platform, version, reading);
    },
    MINUTES,
  );

  it.each(READINGS)(
    '$file: $says (API)',
    async (reading) => {
      const name = `api-${reading.file.replace(/\W/g, '-').replaceAll('_', '-')}`;
      for (const file of [reading.file, reading.append]) {
        if (file === undefined) continue;
        const body = await readFile(join(CASES, file));
        const response = await fetch(`${platform.url}/api/v1/uploads?filename=${file}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${platform.ownerKey}`,
            'content-type': 'application/octet-stream',
          },
          body,
        });
        const { id: uploadId } = (await response.json()) as { id: string };
        const append = file === reading.append;
        const job = await platform.client.call['datasets.add']({ body: { name, uploadId, append } });
        await waitForJob(platform.client, job.id);
      }
      const version = await platform.client.call['datasets.version']({ params: { name, version: 'latest' } });
      await expectRead(platform, version, reading);
    },
    MINUTES,
  );
});

async function expectRead(platform: Platform, version: DatasetVersion, reading: Reading): Promise<void> {
  if (reading.rows !== undefined) expect(version.rows).toBe(reading.rows);
  if (reading.columns !== undefined) expect(version.schema.map(({ name }) => name)).toEqual(reading.columns);
  for (const [name, type] of Object.entries(reading.types ?? {}))
    expect([name, version.schema.find((column) => column.name === name)?.type]).toEqual([name, type]);
  for (const [name, role] of Object.entries(reading.roles ?? {}))
    expect([name, version.schema.find((column) => column.name === name)?.role]).toEqual([name, role]);
  for (const [name, distinct] of Object.entries(reading.distinct ?? {}))
    expect([name, version.profile.find((column) => column.name === name)?.distinct]).toEqual([
      name,
      distinct,
    ]);
  const findings = version.report!.findings;
  if (reading.finding !== undefined)
    expect(findings).toContainEqual(expect.objectContaining(reading.finding));
  for (const [row, column, value] of reading.values ?? []) {
    const { rows } = await platform.client.call['datasets.preview']({
      params: { name: version.dataset, version: 'latest' },
      body: { offset: row, limit: 1 },
    });
    expect([row, rows[0]![column]]).toEqual([row, value]);
  }
}
