import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Alert, Endpoint, MonitorReport } from '@slipway/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cleanUp, eventually, newFolder, type Platform, startPlatform } from './slipway.ts';
import { csvFile, type Rows } from './tables.ts';

const MINUTES = 60_000;
const DAY = 86_400_000;
const OLD_DAYS = 20;

afterAll(cleanUp);

type Look = MonitorReport & { alerts: Alert[] };

let folder: string;
let platform: Platform;

const monitor = (...words: string[]) => platform.answer<Look>(['monitor', 'shop', ...words]);
const show = () => platform.answer<Endpoint>(['endpoints', 'show', 'shop']);

/** Whether a visitor buys goes by tenure and plan; a world that changed has another tenure. */
function rowsOf(count: number, seed: number, shift = 0): Rows {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const rows = Array.from({ length: count }, () => {
    const tenure = Math.round(random() * 60) + shift;
    const plan = random() < 0.5 ? 'basic' : 'full';
    const buys = random() < (tenure + (plan === 'full' ? 20 : 0)) / 100;
    return [String(tenure), plan, (random() * 10).toFixed(3), buys ? 'yes' : 'no'];
  });
  return { header: ['tenure', 'plan', 'noise', 'buys'], rows };
}

async function predict(name: string, rows: Rows): Promise<void> {
  await platform.answer(['predict', 'shop', await csvFile(name, rows)]);
}

/** Makes what was logged so far some days older, as if the time had passed; the server must be stopped. */
async function ageLog(days: number): Promise<void> {
  const log = join(folder, 'predictions', 'shop');
  for (const day of await readdir(log)) {
    for (const name of await readdir(join(log, day))) {
      const lines = (await readFile(join(log, day, name), 'utf8')).trim().split('\n');
      const older = lines.map((line) =>
        line.replace(/"ts":"([^"]+)"/, (_, ts) => `"ts":"${before(ts, days)}"`),
      );
      const segment = before(new Date(Date.now()).toISOString(), days);
      const path = join(
        log,
        segment.slice(0, 10),
        `${segment.replaceAll(/[-:]/g, '')}-${name.split('Z-')[1]}`,
      );
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${older.join('\n')}\n`);
      await rm(join(log, day, name));
    }
  }
}

function before(ts: string, days: number): string {
  return new Date(Date.parse(ts) - days * DAY).toISOString();
}

beforeAll(async () => {
  folder = await newFolder();
  platform = await startPlatform({ folder });
  const file = await csvFile('shop.csv', rowsOf(1500, 1));
  await platform.answer(['ship', file, '--target', 'buys', '--budget', '4s']);
}, 4 * MINUTES);

it('a shipped endpoint is monitored every hour, though its policy of retraining is off', async () => {
  const { monitoring, policy } = await show();
  expect(policy.mode).toBe('off');
  expect(monitoring).toMatchObject({
    enabled: true,
    everyMinutes: 60,
    lastRun: null,
    nextRunAt: expect.stringMatching(/Z$/),
    says: 'Monitoring runs every hour.',
  });
});

it(
  'the schedule is set by the command line, by a spec and by the API, and the spec tells it',
  async () => {
    const words = ['endpoints', 'monitoring', 'shop', '--every-minutes', '30'];
    expect(await platform.answer(words)).toMatchObject({ enabled: true, everyMinutes: 30 });
    const params = { name: 'shop' };
    const { spec } = await platform.client.call['endpoints.spec']({ params });
    expect(spec.monitoring).toEqual({ enabled: true, everyMinutes: 30 });
    const done = await platform.client.call['endpoints.setSpec']({ params, body: spec });
    expect(done.changed).toBe(false);
    const off = { ...spec, monitoring: { enabled: false, everyMinutes: 30 } };
    expect(await platform.client.call['endpoints.setSpec']({ params, body: off })).toMatchObject({
      changed: true,
      revision: done.revision,
    });
    expect((await show()).monitoring).toMatchObject({ enabled: false, nextRunAt: null });
    const body = { enabled: true, everyMinutes: 60 };
    const set = await platform.client.call['endpoints.monitoring']({ params, body });
    expect(set.monitoring).toMatchObject(body);
    const bad = { enabled: true, everyMinutes: 0 };
    await expect(platform.client.call['endpoints.monitoring']({ params, body: bad })).rejects.toMatchObject({
      code: 'request.invalid',
      path: 'everyMinutes',
    });
  },
  2 * MINUTES,
);

it(
  'reports over old days open and close no alert, however often they are asked for',
  async () => {
    await predict('live.csv', rowsOf(300, 2));
    await platform.stop();
    await ageLog(OLD_DAYS);
    platform = await startPlatform({ folder });
    await predict('shifted.csv', rowsOf(300, 3, 60));

    const present = await monitor();
    expect(present).toMatchObject({ drifted: true, chosenDates: false, window: { rows: 300 } });
    expect(present.alerts.length).toBeGreaterThan(1);
    expect(present.alerts.every(({ version }) => version === 1)).toBe(true);

    const [from, to] = [OLD_DAYS + 1, OLD_DAYS - 1].map((days) =>
      new Date(Date.now() - days * DAY).toISOString(),
    );
    for (let times = 0; times < 2; times++) {
      const past = await monitor('--from', from!, '--to', to!);
      expect(past).toMatchObject({ drifted: false, chosenDates: true, window: { rows: 300 } });
      expect(past.alerts).toEqual(present.alerts);
    }
    const drifted = new Date(Date.now() - DAY).toISOString();
    const chosen = await monitor('--from', drifted);
    expect(chosen).toMatchObject({ drifted: true, chosenDates: true });
    expect(chosen.alerts).toEqual(present.alerts);
    expect((await show()).monitoring.lastRun).toMatchObject({ outcome: 'reported', failures: 0 });
  },
  4 * MINUTES,
);

it(
  'refused calls are a data quality alert, which closes when they stop',
  async () => {
    const { secret } = await platform.client.call['tokens.create']({
      params: { name: 'shop' },
      body: { name: 'caller' },
    });
    const call = async (count: number, row: object) => {
      for (let i = 0; i < count; i++) {
        await fetch(`${platform.inferenceUrl}/endpoints/shop/predict`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          body: JSON.stringify({ rows: [row] }),
        });
      }
    };
    await call(212, { plan: 'full', noise: 1 });
    const refused = await eventually('report of all refused calls', async () => {
      const look = await monitor();
      return look.calls?.refused === 212 ? look : undefined;
    });
    expect(refused.calls!.refusals).toMatchObject([
      { code: 'predict.missing-column', column: 'tenure', count: 212 },
    ]);
    const alert = refused.alerts.find(({ says }) => says.includes('refused'));
    expect(alert).toMatchObject({ state: 'open', version: 1 });
    expect(alert!.says).toMatch(
      /^212 calls were refused: tenure is null or absent; \d+ % of the \d+ calls since /,
    );

    await call(5, { tenure: 10, plan: 'full', noise: 1 });
    const mended = await eventually('report without refused calls', async () => {
      const look = await monitor();
      return look.alerts.some(({ says }) => says.includes('refused')) ? undefined : look;
    });
    expect(mended.alerts.length).toBeGreaterThan(1);
    const { events } = await platform.client.call['events.list']({ query: { limit: 1000 } });
    const closed = events.findLast(({ topic }) => topic === 'alert.resolved')!;
    expect(closed.payload).toMatchObject({
      key: 'refused:predict.missing-column:tenure',
      version: 1,
      reason: expect.stringContaining('answered'),
    });
  },
  4 * MINUTES,
);

it(
  'alerts close with the reason when their version is replaced, and the new one has its own',
  async () => {
    const before = (await monitor()).alerts;
    expect(before.length).toBeGreaterThan(1);
    await platform.answer(['train', 'shop', '--target', 'buys', '--budget', '3s', '--seed', '7']);
    await platform.answer(['deploy', 'shop@2']);
    const params = { name: 'shop' };
    const reported = await platform.client.call['monitor.reports']({ params, query: { limit: 1 } });
    expect(reported.alerts).toEqual([]);
    const { events } = await platform.client.call['events.list']({ query: { limit: 1000 } });
    const closed = events.filter(({ topic }) => topic === 'alert.resolved').slice(-before.length);
    for (const { payload } of closed)
      expect(payload).toMatchObject({
        version: 1,
        reason: expect.stringMatching(/^Version 1 was replaced by version 2/),
      });

    await predict('again.csv', rowsOf(300, 5, 60));
    const own = await monitor();
    expect(own.window).toMatchObject({ rows: 300, otherVersions: expect.any(Number) });
    expect(own.alerts.length).toBeGreaterThan(0);
    expect(own.alerts.every(({ version }) => version === 2)).toBe(true);
  },
  4 * MINUTES,
);
