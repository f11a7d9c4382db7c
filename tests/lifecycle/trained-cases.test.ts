import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaseClient, CLIENTS } from './case-clients.ts';
import { csvOf } from './csv-rows.ts';
import { cleanUp, type Platform, ROOT, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const CASES = join(ROOT, '../shared/cases/data');
/** A search that ends with a model as exact as the case asks, also on a busy machine. */
const ENOUGH = { budgetSeconds: 15 };
const HAS_CASES = existsSync(CASES);

/** In CI by the API alone, unless `SLIPWAY_TEST_FACES=all`: `cases.test.ts` goes both ways with everything but training. */
const IS_SHORT = process.env['CI'] !== undefined && process.env['SLIPWAY_TEST_FACES'] !== 'all';
const CHOSEN = Object.entries(CLIENTS).filter(([name]) => !IS_SHORT || name === 'API');

let platform: Platform;
beforeAll(async () => {
  if (HAS_CASES) platform = await startPlatform();
}, 2 * MINUTES);
afterAll(cleanUp);

/**
 * Each is shipped on one platform, by command and over HTTP, with few seconds of search, and answers rows over the
 * endpoint's REST. Files are predicted by the face's own way.
 */
describe.skipIf(!HAS_CASES).each(CHOSEN)(
  'models of inputs of users, as ../shared/cases has them, by the %s (needs ../shared/cases)',
  (_, clientOf) => {
    let client: CaseClient;
    beforeAll(() => {
      client = clientOf(platform);
    });
    const ship: CaseClient['ship'] = (file, target, options) =>
      client.ship(join(CASES, file), target, options);

    it(
      'a table of few values predicts the shares that it has',
      async () => {
        const result = await ship('fewvalues2.csv', 'bought');
        expect(result.task).toBe('binary');
        expect(result.metrics.all['roc-auc']).toBeGreaterThan(0.7);
        for (const row of await client.predict(result.endpoint!.name, join(CASES, 'p_few.csv'))) {
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
        expect(result).toMatchObject({ task: 'binary', endpoint: { name: `${client.prefix}-fewvalues` } });
        const [prediction] = await predicted(platform, result, [{ kind: 'member' }]);
        expect(prediction!.probabilities!.yes).toBeCloseTo(0.8, 1);
      },
      3 * MINUTES,
    );

    it(
      'files are predicted with the meaning of the training table, whatever their own values suggest',
      async () => {
        const result = await ship('skew_train.csv', 'y', ENOUGH);
        for (const file of ['skew_predict.csv', 'skew_predict_plus.csv']) {
          const { name } = result.endpoint!;
          const alone = rmse(await client.predict(name, join(CASES, file)), 'prediction', 'truth');
          expect(alone).toBeLessThan(1);
          const batch = rmse(await client.batch(name, join(CASES, file)), 'prediction', 'truth');
          expect(batch).toBeCloseTo(alone, 9);
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
      'labels that nearly coincide are named, with their counts',
      async () => {
        const { warnings } = await ship('target_ws.csv', 'answer');
        const near = warnings!.find(({ code }) => code === 'near-labels')!;
        expect(near).toMatchObject({ column: 'answer', severity: 'warning' });
        expect(near.message).toMatch(/"yes"[^.]*\d+/);
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
        const result = await ship('pandas_index.csv', 'y');
        expect(result.leftOut!.map(({ column }) => column)).toContain('column_1');
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
        const { endpoint } = await client.ship(train, 'y');
        const predicting = client.predict(endpoint!.name, join(CASES, 'p_onebad.csv'));
        await expect(predicting).rejects.toThrow(`Row ${bad} (line ${bad + 1}) of p_onebad.csv`);
      },
      3 * MINUTES,
    );

    it(
      'a target whose spread is small beside its size is predicted as well as its centred copy',
      async () => {
        const result = await ship('bigtarget.csv', 'finish', ENOUGH);
        expect(result).toMatchObject({
          task: 'regression',
          endpoint: { name: `${client.prefix}-bigtarget` },
        });
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
        const result = await ship(file, 'y', { task: 'forecast', time: 't', horizon });
        expect(result.task).toBe('forecast');
        const { predictions } = await nextSteps(result, { horizon });
        expect(predictions.map(({ row }) => row.t)).toEqual(times);
        const highest = predictions.toSorted((a, b) => b.value - a.value)[0]!;
        expect(highest.row.t).toBe(peak);
        if (near !== null) expect(Math.abs(highest.value - near)).toBeLessThan(3);
        const asked = await nextSteps(result, { rows: [{ t: also }] });
        expect(asked.predictions[0]!.value).toBe(highest.value);
        expect(asked.predictions[0]!.time).toBe(written);
        const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({});
        const pipelineRun = pipelineRuns.find(({ name }) => name === result.model.name)!;
        const prepare = pipelineRun.stages.find(({ stage }) => stage === 'prepare')!;
        expect(prepare).toMatchObject({ facts: { frequency } });
        expect(JSON.stringify(prepare)).toContain(told);
      },
      3 * MINUTES,
    );
  },
);

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

function rmse(rows: readonly Record<string, string>[], predictedBy: string, truth: string): number {
  const squares = rows.map((row) => (Number(row[predictedBy]) - Number(row[truth])) ** 2);
  return Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / rows.length);
}
