import { readFile } from 'node:fs/promises';
import type { Batch, PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, type Platform, startPlatform } from './slipway.ts';
import { csvFile, type Rows } from './tables.ts';

const MINUTES = 60_000;
const MONTHS = 72;
const HEADER = ['month', 'shop', 'sales'];

afterAll(cleanUp);

/** Months of two shops, each with a trend and a year. */
function months(from: number, to: number): Rows {
  const rows = ['north', 'south'].flatMap((shop, s) =>
    Array.from({ length: to - from }, (_, i) => [monthOf(from + i), shop, salesOf(from + i, s).toFixed(2)]),
  );
  return { header: HEADER, rows };
}

function monthOf(month: number): string {
  return new Date(Date.UTC(2018, month, 1)).toISOString().slice(0, 10);
}

function salesOf(month: number, shop: number): number {
  // A wave that never repeats stands in for chance.
  const chance = 3 * Math.sin(month * 2.7 + shop);
  return (shop + 1) * (200 + 2 * month + 40 * Math.sin((2 * Math.PI * month) / 12)) + chance;
}

describe('a forecast', () => {
  let platform: Platform;
  let shipped: ShipResult;

  const ask = async (body: unknown) => {
    const { url, token } = shipped.endpoint!;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return {
      status: response.status,
      body: (await response.json()) as PredictResponse & { code: string; path: string },
    };
  };

  beforeAll(async () => {
    platform = await startPlatform();
    const file = await csvFile('shops.csv', months(0, MONTHS));
    const words = ['--target', 'sales', '--task', 'forecast', '--time', 'month', '--series', 'shop'];
    shipped = await platform.answer<ShipResult>(['ship', file, ...words, '--horizon', '6', '--budget', '5s']);
  }, 3 * MINUTES);

  it('is shipped by one command, measured on months it never saw', () => {
    expect(shipped.task).toBe('forecast');
    expect(shipped.promoted).toBe(true);
    expect(shipped.metrics.primary.name).toBe('mase');
    expect(shipped.metrics.primary.value).toBeLessThan(0.5);
    expect(shipped.metrics.all).toMatchObject({ owa: expect.any(Number), coverage_95: expect.any(Number) });
    expect(shipped.gates.map(({ id }) => id)).toEqual(['beats-seasonal-naive', 'champion', 'parity']);
    const learners = shipped.leaderboard.map(({ learner }) => learner);
    expect(learners).toEqual(expect.arrayContaining(['ETS', 'Theta', 'Seasonal naive']));
  });

  it('answers the next steps of each series, close to what will happen', async () => {
    const { body } = await ask({ horizon: 3 });
    expect(body.predictions.map(({ row }) => row)).toEqual(
      ['north', 'south'].flatMap((shop) =>
        [0, 1, 2].map((k) => ({ month: new Date(`${monthOf(MONTHS + k)}Z`).toISOString(), shop })),
      ),
    );
    body.predictions.forEach(({ value, interval }, i) => {
      const truth = salesOf(MONTHS + (i % 3), Math.floor(i / 3));
      expect(Math.abs(Number(value) - truth)).toBeLessThan(0.1 * truth);
      expect(interval!.lower).toBeLessThan(Number(value));
      expect(interval!.upper).toBeGreaterThan(Number(value));
    });
  });

  it('answers rows as every endpoint does, and the same for the same step', async () => {
    const { body } = await ask({ rows: [{ month: monthOf(MONTHS), shop: 'south' }] });
    const next = await ask({ horizon: 1, series: ['south'] });
    expect(body.predictions[0]!.value).toBe(next.body.predictions[0]!.value);
  });

  it('goes on from values that became known since', async () => {
    const history = [{ month: monthOf(MONTHS), shop: 'north', sales: 500 }];
    const { body } = await ask({ horizon: 1, series: ['north'], history });
    expect(body.predictions[0]!.row!.month).toBe(new Date(`${monthOf(MONTHS + 1)}Z`).toISOString());
  });

  it.each([
    [{ horizon: 7 }, 422, 'forecast.beyond-horizon', 'horizon'],
    [{ horizon: 1, series: ['west'] }, 422, 'forecast.unknown-series', 'series[0]'],
    [{ rows: [{ month: '2030-01-01', shop: 'north' }] }, 422, 'forecast.beyond-horizon', 'rows[0].month'],
    [{ rows: [{ month: '2018-01-01', shop: 'north' }] }, 422, 'forecast.before-start', 'rows[0].month'],
  ])('%j is answered with %i and %s at %s', async (asked, status, code, path) => {
    const answered = await ask(asked);
    expect(answered.status).toBe(status);
    expect(answered.body).toMatchObject({ code, path });
  });

  it('predicts a file, the bounds of its intervals beside each value', async () => {
    const file = await csvFile('ahead.csv', months(MONTHS, MONTHS + 2));
    const { stdout } = await platform.run(['predict', 'shops', file]);
    const [header, ...lines] = stdout.trim().split('\r\n');
    expect(header).toBe('month,shop,sales,prediction_id,prediction,lower_80,upper_80,lower_95,upper_95');
    expect(lines).toHaveLength(4);
    expect(lines.every((line) => line.split(',').length === 9)).toBe(true);
  });

  it('predicts the next steps without a file, of the series that are named', async () => {
    const { stdout } = await platform.run(['predict', 'shops', '--horizon', '2', '--series', 'north']);
    const [header, ...lines] = stdout.trimEnd().split('\r\n');
    expect(header).toBe('month,shop,prediction_id,prediction,lower_80,upper_80,lower_95,upper_95');
    expect(lines.map((line) => line.split(',').slice(0, 2))).toEqual(
      [0, 1].map((step) => [new Date(`${monthOf(MONTHS + step)}Z`).toISOString(), 'north']),
    );
  });

  it('predicts the same file as a batch, to the same numbers', async () => {
    const file = await csvFile('batch.csv', months(MONTHS, MONTHS + 2));
    const out = file.replace(/batch\.csv$/, 'batch-out.csv');
    const { stdout } = await platform.run(['predict', 'shops', file]);
    const { result } = await platform.answer<Batch>(['batch', 'predict', 'shops', file, '--out', out]);
    const [header, ...lines] = (await readFile(out, 'utf8')).trim().split('\n');
    expect(header).toBe('month,shop,sales,prediction,lower_80,upper_80,lower_95,upper_95');
    const answers = stdout.trim().split('\r\n').slice(1);
    const numbersOf = (line: string) => line.split(',').slice(-5).map(Number);
    expect(lines.map(numbersOf)).toEqual(answers.map(numbersOf));
    expect(result).toMatchObject({ rows: 4, filename: 'batch.predictions.csv' });
  });

  it('takes what really happened later, and is looked at like any other endpoint', async () => {
    const { body } = await ask({ horizon: 1 });
    const kept = await platform.answer<{ accepted: number }>([
      'labels',
      'add',
      'shops',
      body.predictions[0]!.id,
      '350.5',
    ]);
    expect(kept.accepted).toBe(1);
    const report = await platform.answer<{ window: { rows: number } }>(['monitor', 'shops']);
    expect(report.window.rows).toBeGreaterThan(0);
  });

  it(
    'is trained again on new months, whoever forecasts better, and goes on from their end',
    async () => {
      const file = await csvFile('more.csv', months(MONTHS - 1, MONTHS + 3));
      const again = await platform.answer<ShipResult>(['retrain', 'shops', file, '--budget', '5s']);
      expect(again.promoted).toBe(true);
      const { body } = await ask({ horizon: 1, series: ['north'] });
      expect(body.model.version).toBe(2);
      expect(body.predictions[0]!.row!.month).toBe(new Date(`${monthOf(MONTHS + 3)}Z`).toISOString());
    },
    2 * MINUTES,
  );

  it(
    'goes on from the newest months even where what is trained again is refused, and says so',
    async () => {
      // The trend ends: every month is as it was a year ago, which no naive forecast of the past foretold.
      const rows = ['north', 'south'].flatMap((shop, s) =>
        Array.from({ length: 6 }, (_, i) => {
          const month = MONTHS + 3 + i;
          return [monthOf(month), shop, salesOf(month - 12, s).toFixed(2)];
        }),
      );
      const file = await csvFile('frozen.csv', { header: HEADER, rows });
      const again = await platform.answer<ShipResult>(['retrain', 'shops', file, '--budget', '5s']);
      expect(again.gates.find(({ id }) => id === 'beats-seasonal-naive')).toMatchObject({ passed: false });
      expect(again.gates.at(-1)).toMatchObject({ id: 'roll-forward', passed: true });
      expect(again.verdict).toMatch(/version 2 are fitted on the new values .* go on after 2024-09-01/);
      expect(again.promoted).toBe(true);
      const { body } = await ask({ horizon: 1, series: ['north'] });
      expect(body.model.version).toBe(3);
      expect(body.predictions[0]!.row!.month).toBe(new Date(`${monthOf(MONTHS + 9)}Z`).toISOString());
    },
    2 * MINUTES,
  );

  it.each<[string, string[][], string[], string, string]>([
    ['no time', [], [], 'forecast.time-needed', 'time'],
    [
      'times that are words',
      [['later', 'north', '1']],
      ['--time', 'shop'],
      'forecast.time-unreadable',
      'time',
    ],
    ['a time column that is not there', [], ['--time', 'year'], 'forecast.column-missing', 'time'],
    [
      'a series column that is not there',
      [],
      ['--time', 'month', '--series', 'city'],
      'forecast.column-missing',
      'series',
    ],
    [
      'a horizon longer than the data',
      [],
      ['--time', 'month', '--series', 'shop', '--horizon', '99'],
      'forecast.horizon-too-long',
      'horizon',
    ],
  ])('of a table with %s is refused with a reason', async (_, rows, words, code, path) => {
    const table = months(0, 30);
    const file = await csvFile('bad.csv', { ...table, rows: [...table.rows, ...rows] });
    const asked = [
      'ship',
      file,
      '--name',
      'bad',
      '--target',
      'sales',
      '--task',
      'forecast',
      '--budget',
      '2s',
    ];
    const { code: exit, stdout } = await platform.run([...asked, ...words, '--json']);
    expect(exit).toBe(6);
    expect(JSON.parse(stdout).error).toMatchObject({ code, path });
  });
});
