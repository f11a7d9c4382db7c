import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetVersion, IngestFinding, ShipResult } from '@slipway/contract';
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

  const ship = (file: string, target: string, ...options: string[]) =>
    platform.answer<ShipResult>([
      'ship',
      join(CASES, file),
      '--target',
      target,
      '--budget',
      '4s',
      ...options,
    ]);

  it(
    'a table of few values predicts the shares that it has',
    async () => {
      const result = await ship('fewvalues2.csv', 'bought');
      expect(result.task).toBe('binary');
      expect(result.metrics.all['roc-auc']).toBeGreaterThan(0.7);
      const out = join(platform.folder, '..', 'few.csv');
      await platform.run(['predict', 'fewvalues2', join(CASES, 'p_few.csv'), '--out', out]);
      for (const row of await csvOf(out)) {
        const [least, most] = row.kind === 'member' ? [0.75, 0.88] : [0.15, 0.29];
        expect(Number(row.probability_yes)).toBeGreaterThan(least);
        expect(Number(row.probability_yes)).toBeLessThan(most);
      }
    },
    3 * MINUTES,
  );

  it(
    'a table of one column of two values is learnt from',
    async () => {
      const result = await ship('fewvalues.csv', 'bought');
      expect(result).toMatchObject({ task: 'binary', endpoint: { name: 'fewvalues' } });
      const [prediction] = await predicted(platform, result, [{ kind: 'member' }]);
      expect(prediction!.probabilities!.yes).toBeCloseTo(0.8, 1);
    },
    3 * MINUTES,
  );

  it(
    'files are predicted with the meaning of the training table, whatever their own values suggest',
    async () => {
      const result = await ship('skew_train.csv', 'y');
      for (const file of ['skew_predict.csv', 'skew_predict_plus.csv']) {
        const out = join(platform.folder, '..', `out-${file}`);
        await platform.run(['predict', 'skew-train', join(CASES, file), '--out', out]);
        const alone = rmse(await csvOf(out), 'prediction', 'truth');
        expect(alone).toBeLessThan(1);
        await platform.answer(['batch', 'predict', 'skew-train', join(CASES, file), '--out', out]);
        expect(rmse(await csvOf(out), 'prediction', 'truth')).toBeCloseTo(alone, 9);
      }
      const rows = [{ when: '01/02/2023', optin: 'True', tier: '1.0' }];
      const [rest] = await predicted(platform, result, rows);
      const iso = [{ when: '2023-02-01', optin: 'True', tier: '1.0' }];
      expect(rest!.value).toBe((await predicted(platform, result, iso))[0]!.value);
      expect(Number(rest!.value)).toBeCloseTo(22.5, 0);
    },
    4 * MINUTES,
  );

  it.each([
    ['na_target.csv', 'region', 'multiclass', 3],
    ['plusminus.csv', 'approved', 'binary', 2],
  ] as const)(
    '%s: words that usually mean a missing value are classes of %s',
    async (file, target, task, classes) => {
      const result = await ship(file, target);
      expect(result.task).toBe(task);
      const row = Object.fromEntries((await csvOf(join(CASES, file))).slice(0, 1).flatMap(Object.entries));
      const typed = Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          Number.isFinite(Number(value)) ? Number(value) : value,
        ]),
      );
      const [prediction] = await predicted(platform, result, [typed]);
      expect(Object.keys(prediction!.probabilities!)).toHaveLength(classes);
    },
    3 * MINUTES,
  );

  it(
    'one odd value in the target leaves out its row',
    async () => {
      const result = await ship('onebadtarget.csv', 'price');
      expect(result.task).toBe('regression');
      expect(result.metrics.all.r2).toBeGreaterThan(0.9);
    },
    3 * MINUTES,
  );

  it(
    'one odd value in a feature does not cost the feature',
    async () => {
      const result = await ship('onebadnumber.csv', 'bought');
      expect(result.metrics.all['roc-auc']).toBeGreaterThan(0.98);
    },
    3 * MINUTES,
  );

  it(
    'an index column is left out of the model, which then has nothing to tell the classes by',
    async () => {
      const args = ['ship', join(CASES, 'pandas_index.csv'), '--target', 'y', '--budget', '4s'];
      const result = await platform.answer<ShipResult>(args, { code: 10 });
      expect(result.endpoint).toBeNull();
      expect(result.metrics.all['roc-auc']).toBeLessThan(0.7);
    },
    3 * MINUTES,
  );

  it(
    'a value that cannot be read names its row of the file',
    async () => {
      const good = (await readFile(join(CASES, 'p_onebad.csv'), 'utf8')).split('\n');
      const bad = good.findIndex(
        (line, i) => i > 0 && line !== '' && Number.isNaN(Number(line.split(',')[1])),
      );
      const train = join(platform.folder, '..', 'onebad-train.csv');
      const lines = Array.from(
        { length: 300 },
        (_, i) => `${['Gd', 'Ex', 'TA'][i % 3]},${i / 100},${i / 50 + (i % 3)}`,
      );
      await writeFile(train, `pool,x,y\n${lines.join('\n')}\n`);
      await platform.answer(['ship', train, '--target', 'y', '--budget', '3s']);
      const { code, stderr } = await platform.run(['predict', 'onebad-train', join(CASES, 'p_onebad.csv')]);
      expect(code).not.toBe(0);
      expect(stderr).toContain(`Row ${bad} (line ${bad + 1})`);
      expect(stderr).toContain('p_onebad.csv');
    },
    3 * MINUTES,
  );

  it(
    'a target whose spread is small beside its size is predicted as well as its centred copy',
    async () => {
      const result = await ship('bigtarget.csv', 'finish');
      expect(result).toMatchObject({ task: 'regression', endpoint: { name: 'bigtarget' } });
      expect(result.metrics.all.r2).toBeGreaterThan(0.99);
      expect(result.metrics.all.rmse).toBeLessThan(2);
      const rows = (await csvOf(join(CASES, 'bigtarget.csv'))).slice(0, 40);
      const inputs = rows.map(({ a, b }) => ({ a: Number(a), b: Number(b) }));
      for (const [i, { value }] of (await predicted(platform, result, inputs)).entries())
        expect(Math.abs(Number(value) - Number(rows[i]!.finish))).toBeLessThan(10);
    },
    3 * MINUTES,
  );

  it(
    'a feature of epoch milliseconds tells classes apart within a second',
    async () => {
      const result = await ship('epochfeature.csv', 'late');
      expect(result.metrics.all['roc-auc']).toBeGreaterThan(0.99);
    },
    3 * MINUTES,
  );

  type NextSteps = { predictions: { value: number; time?: string; row: { t: string | number } }[] };

  const nextSteps = async ({ endpoint }: ShipResult, body: object): Promise<NextSteps> => {
    const response = await fetch(endpoint!.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${endpoint!.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as NextSteps;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };

  it.each([
    {
      file: 'f_berlin_daily.csv',
      says: 'days are those of local time, which rows and answers are written in',
      horizon: 5,
      times: [19, 20, 21, 22, 23].map((day) => `2024-07-${day}T00:00:00+02:00`),
      peak: '2024-07-22T00:00:00+02:00',
      near: 70,
      also: '2024-07-22',
      written: '2024-07-22T00:00:00+02:00',
      frequency: 'daily',
      told: 'Europe/Berlin',
    },
    {
      file: 'f_yyyymmdd.csv',
      says: 'whole numbers that write dates are days, with the season of the week',
      horizon: 7,
      times: [20, 21, 22, 23, 24, 25, 26].map((day) => 20_230_700 + day),
      peak: 20_230_723,
      near: 60,
      also: 20_230_723,
      written: '2023-07-23',
      frequency: 'daily',
      told: 'read as dates (YYYYMMDD)',
    },
    {
      file: 'f_busmonthend.csv',
      says: 'last business days are those of months',
      horizon: 3,
      times: ['2023-02-28', '2023-03-31', '2023-04-28'].map((day) => `${day}T00:00:00.000Z`),
      peak: '2023-03-31T00:00:00.000Z',
      near: null,
      also: '2023-03-30',
      written: undefined,
      frequency: 'monthly',
      told: 'last business day of their month',
    },
    {
      file: 'f_imf.csv',
      says: '2019M01 is a month',
      horizon: 3,
      times: ['2023-01-01', '2023-02-01', '2023-03-01'].map((day) => `${day}T00:00:00.000Z`),
      peak: '2023-03-01T00:00:00.000Z',
      near: null,
      also: '2023M03',
      written: undefined,
      frequency: 'monthly',
      told: 'The season is 12 steps long',
    },
  ])(
    'a forecast of $file: $says',
    async ({ file, horizon, times, peak, near, also, written, frequency, told }) => {
      const words = ['--task', 'forecast', '--time', 't', '--horizon', String(horizon)];
      const result = await ship(file, 'y', ...words);
      expect(result.task).toBe('forecast');
      const { predictions } = await nextSteps(result, { horizon });
      expect(predictions.map(({ row }) => row.t)).toEqual(times);
      const highest = predictions.toSorted((a, b) => b.value - a.value)[0]!;
      expect(highest.row.t).toBe(peak);
      if (near !== null) expect(Math.abs(highest.value - near)).toBeLessThan(3);
      const asked = await nextSteps(result, { rows: [{ t: also }] });
      expect(asked.predictions[0]!.value).toBe(highest.value);
      expect(asked.predictions[0]!.time).toBe(written);
      const { journeys } = await platform.client.call['journeys.list']({});
      const journey = journeys.find(({ name }) => name === result.model.name)!;
      const prepare = journey.stages.find(({ stage }) => stage === 'prepare')!;
      expect(prepare).toMatchObject({ facts: { frequency } });
      expect(JSON.stringify(prepare)).toContain(told);
    },
    3 * MINUTES,
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

type Prediction = { value: string | number; probabilities?: Record<string, number> };

async function predicted(
  platform: Platform,
  { endpoint }: ShipResult,
  rows: readonly Record<string, unknown>[],
): Promise<Prediction[]> {
  const response = await fetch(endpoint!.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${endpoint!.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rows }),
  });
  const body = (await response.json()) as { predictions: Prediction[] };
  if (!response.ok) throw new Error(`${platform.url}: ${JSON.stringify(body)}`);
  return body.predictions;
}

/** The rows of a CSV file without line breaks in its fields. */
async function csvOf(path: string): Promise<Record<string, string>[]> {
  const [heading = '', ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/);
  const names = fieldsOf(heading);
  return lines.map((line) => Object.fromEntries(fieldsOf(line).map((cell, i) => [names[i]!, cell])));
}

function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

function rmse(rows: readonly Record<string, string>[], predictedBy: string, truth: string): number {
  const squares = rows.map((row) => (Number(row[predictedBy]) - Number(row[truth])) ** 2);
  return Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / rows.length);
}
