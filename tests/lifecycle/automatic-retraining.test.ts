import type { Endpoint, MonitorReport, PipelineRun, PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dateOf,
  RETRAINING_CASES,
  type RetrainingCase,
  recordsOf,
  salesOf,
  shopDays,
} from './retraining-cases.ts';
import { cleanUp, eventually, type Platform, startPlatform } from './slipway.ts';
import { csvFile, type Rows } from './tables.ts';

const MINUTES = 60_000;
const TRAINING_ROWS = 700;
type Prediction = PredictResponse['predictions'][number];
type Report = MonitorReport & { alerts: { endpoint: string; says: string }[] };

afterAll(cleanUp);

/** Traffic changes, its labels come in, and endpoints mend themselves: a table for each kind of column that a model leaves out. */
describe('automatic retraining', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 2 * MINUTES);

  it.each(RETRAINING_CASES)(
    '$name: drift, alert, retraining, gates, promotion, recovery',
    async (one) => {
      const shipped = await ship(one);
      const { inputs } = await shown(one.table);
      await setPolicy(one.table);
      if (one.byCanary) await declareCanary(one.table);
      const later = one.rows('later', 400);
      const predict = async (rows: Rows) =>
        ask(shipped, {
          rows: recordsOf(
            rows,
            inputs.map(({ name }) => name),
          ),
        });
      const predictions = await predict(later);
      await label(one.table, predictions, truthsOf(one, later));
      const report = await platform.answer<Report>(['monitor', one.table]);
      expect(report.alerts.length).toBeGreaterThan(0);

      const run = await retraining(one.table);
      expect(run, run.result?.verdict).toMatchObject({ state: 'done', failure: null });
      expect(run).toMatchObject({ by: 'policy', reason: expect.stringContaining('400 new labelled rows') });
      expect(run.result).toMatchObject({ promoted: true, model: { version: 2 } });

      const recovered = one.rows('recovered', 300);
      if (one.byCanary) await callUntilPromoted(one.table, () => predict(one.rows('recovered', 1)));
      const after = errorOf(truthsOf(one, recovered), await predict(recovered));
      expect(after).toBeLessThan(0.8 * errorOf(truthsOf(one, later), predictions));
    },
    3 * MINUTES,
  );

  it(
    'a forecast: values at another level came in, retraining refuses them, and goes on from them where they are accepted',
    async () => {
      const file = await csvFile('daily.csv', shopDays(0, 120));
      const words = ['--time', 'day', '--series', 'shop', '--horizon', '14', '--budget', '2s'];
      const shipped = await platform.answer<ShipResult>(['ship', file, '--target', 'sales', ...words]);
      await setPolicy('daily', 20);
      // The same steps are foretold twice, as callers do who ask each day.
      const foretold = [...(await ask(shipped, { horizon: 14 })), ...(await ask(shipped, { horizon: 14 }))];
      const values = foretold.map(({ row }) => salesOf(dayOf(row), String(row!.shop)));
      await label('daily', foretold, values);
      await platform.answer(['monitor', 'daily']);

      const run = await retraining('daily');
      expect(run).toMatchObject({ state: 'refused', failure: null, result: { promoted: false } });
      expect(run.result!.gates!.filter(({ passed }) => !passed).map(({ id }) => id)).toContain('label-shift');
      const week = await csvFile('week.csv', shopDays(134, 141));
      const accepted = await platform.answer<ShipResult>([
        ...['retrain', 'daily', week, '--accept-shift', '--budget', '2s'],
      ]);
      expect(accepted).toMatchObject({ promoted: true });
      const next = await ask(shipped, { horizon: 7 });
      expect(next[0]!.row!.day).toBe(`${dateOf(141)}T00:00:00.000Z`);
      expect(worstOf(next)).toBeLessThan(0.8 * worstOf(foretold));
    },
    3 * MINUTES,
  );

  it(
    'a refused result makes the next retraining wait, one alert says why, and another policy closes it',
    async () => {
      const one = RETRAINING_CASES.find(({ table }) => table === 'leaks')!;
      const { inputs, url } = await shown('leaks');
      const { secret } = await platform.client.call['tokens.create']({
        params: { name: 'leaks' },
        body: { name: 'loop' },
      });
      const shipped = { endpoint: { url, token: secret } } as ShipResult;
      /** Labels that the inputs say nothing of, so that no gate lets a model through that has learnt them. */
      const labelledAtRandom = async (seed: number) => {
        const rows = one.rows('later', 400);
        const sent = recordsOf(
          rows,
          inputs.map(({ name }) => name),
        );
        const predictions = await ask(shipped, { rows: sent });
        await label(
          'leaks',
          predictions,
          predictions.map((_, i) => (((i + seed) * 7919) % 13 < 6 ? 'yes' : 'no')),
        );
        await platform.answer(['monitor', 'leaks']);
      };
      const runs = async () =>
        (await platform.client.call['pipelineRuns.list']({ query: { name: 'leaks' } })).pipelineRuns.filter(
          ({ kind }) => kind === 'retrain',
        );
      const before = (await runs()).length;
      await labelledAtRandom(1);
      const refused = await eventually('refused retraining', async () => {
        const [newest, ...others] = await runs();
        return others.length >= before && newest?.state === 'refused' ? newest : undefined;
      });
      const alerts = async () =>
        (await platform.answer<{ alerts: { endpoint: string; says: string }[] }>(['status'])).alerts.filter(
          ({ endpoint, says }) => endpoint === 'leaks' && says.includes('automatic retraining'),
        );
      const [alert] = await alerts();
      expect(alert!.says).toMatch(
        /^The result of automatic retraining was not promoted: Gates? .* closed\. .* The next one starts at .* UTC at the earliest/,
      );
      await labelledAtRandom(5);
      await labelledAtRandom(9);
      expect((await runs())[0]!.id).toBe(refused.id);
      expect(await alerts()).toHaveLength(1);
      await setPolicy('leaks', 100_000);
      expect(await alerts()).toEqual([]);
    },
    3 * MINUTES,
  );

  it('a pipeline run is shown with who started it, why, its stages and what came of it', async () => {
    const [run] = (
      await platform.answer<{ pipelineRuns: PipelineRun[] }>([
        'pipelines',
        'list',
        '--name',
        'leaks',
        '--state',
        'refused',
      ])
    ).pipelineRuns;
    const { stdout } = await platform.run(['pipelines', 'show', run!.id]);
    expect(stdout).toMatch(/^retrain leaks, refused \(plr_/);
    expect(stdout).toMatch(/Started 20\S+Z by policy, to predict churned: Retraining on/);
    expect(stdout).toMatch(/train +done +20\S+Z +\d+\.\d/);
    expect(stdout).toMatch(/Version \d+ of leaks takes no traffic\. /);
    const { stdout: list } = await platform.run(['pipelines', 'list']);
    expect(list).toMatch(/^pipeline run +kind +name +state +stage +by +started +seconds/);
  });

  it(
    'a canary counts requests since it began, and holds without them, whatever its version answered before',
    async () => {
      const { url } = await shown('homes');
      const { secret } = await platform.client.call['tokens.create']({
        params: { name: 'homes' },
        body: { name: 'canary' },
      });
      const call = (body: unknown) =>
        fetch(url, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).then(({ status }) => status);
      await platform.answer(['deploy', 'homes@1']);
      for (let i = 0; i < 60; i++) expect(await call({ rows: [{ size: 40, age: 10 }] })).toBe(200);
      for (let i = 0; i < 60; i++) expect(await call({ rows: [{ size: 'large', age: 10 }] })).toBe(422);
      await platform.answer(['deploy', 'homes@2']);
      const words = ['--canary', '10%,100%', '--bake', '1s', '--min-requests', '50'];
      await platform.answer(['deploy', 'homes@1', ...words]);
      const { rollout } = await eventually('rollout that holds', async () => {
        const found = await shown('homes');
        return found.rollout?.state === 'running' ? undefined : found;
      });
      expect(rollout).toMatchObject({ state: 'holding', step: 0, percent: 10 });
      expect(rollout!.counts!.version.requests).toBe(0);
      expect(rollout!.says).toMatch(
        /^Holds at 10 %: version 1 has answered 0 of the 50 requests that this step needs\./,
      );
      const { stdout } = await platform.run(['endpoints', 'show', 'homes']);
      expect(stdout).toContain('To decide now: slipway promote homes, or slipway rollback homes');
      expect((await platform.answer<Endpoint>(['rollback', 'homes'])).version).toBe(2);
    },
    2 * MINUTES,
  );

  function ship(one: RetrainingCase): Promise<ShipResult> {
    const words = ['--target', one.target, '--budget', one.budget ?? '7s', ...one.options];
    return csvFile(`${one.table}.csv`, one.rows('training', TRAINING_ROWS)).then((file) =>
      platform.answer<ShipResult>(['ship', file, ...words]),
    );
  }

  const shown = (name: string): Promise<Endpoint> =>
    platform.client.call['endpoints.get']({ params: { name } });

  async function setPolicy(name: string, minLabels = 100): Promise<void> {
    const body = { mode: 'auto', minLabels, cooldownHours: 0 } as const;
    await platform.client.call['endpoints.policy']({ params: { name }, body });
  }

  async function declareCanary(name: string): Promise<void> {
    const params = { name };
    const { spec } = await platform.client.call['endpoints.spec']({ params });
    const abort = { ...spec.rollout.abort, latencyFloorMs: 60_000 };
    const rollout = { ...spec.rollout, strategy: 'canary' as const, steps: [50, 100], bakeSeconds: 0 };
    await platform.client.call['endpoints.setSpec']({
      params,
      body: { ...spec, rollout: { ...rollout, minRequests: 10, abort } },
    });
  }

  async function callUntilPromoted(name: string, call: () => Promise<unknown>): Promise<void> {
    await eventually('promotion by the rollout', async () => {
      await Promise.all(Array.from({ length: 10 }, call));
      const { version, rollout } = await shown(name);
      expect(rollout!.state).not.toBe('aborted');
      return rollout!.state === 'done' && version === 2 ? true : undefined;
    });
  }

  async function ask({ endpoint }: ShipResult, asked: object): Promise<Prediction[]> {
    const { url, token } = endpoint!;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(asked) });
    const body = (await response.json()) as PredictResponse & { title?: string };
    if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(body)}`);
    return body.predictions;
  }

  async function label(name: string, predictions: readonly Prediction[], values: readonly string[]) {
    const labels = predictions.map(({ id }, row) => ({ id, value: values[row]! }));
    await platform.client.call['labels.add']({ params: { name }, body: { labels } });
  }

  function retraining(name: string): Promise<PipelineRun> {
    return eventually(
      `retraining of ${name} that ended`,
      async () => {
        const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: { name } });
        return pipelineRuns.find(({ kind, state }) => kind === 'retrain' && state !== 'running');
      },
      90_000,
    );
  }
});

function dayOf(row: Prediction['row']): number {
  return Math.round((Date.parse(String(row!.day)) - Date.UTC(2025, 0, 1)) / 86_400_000);
}

/** How far a forecast is off at its worst step, as a share of what is sold. */
function worstOf(steps: readonly Prediction[]): number {
  const shares = steps.map(
    ({ row, value }) => Number(value) / Number(salesOf(dayOf(row), String(row!.shop))) - 1,
  );
  return Math.max(...shares.map(Math.abs));
}

function truthsOf({ target }: RetrainingCase, { header, rows }: Rows): string[] {
  const place = header.indexOf(target);
  return rows.map((row) => row[place]!);
}

/** Mean absolute error, or the share of wrong classes. */
function errorOf(truths: readonly string[], predictions: readonly Prediction[]): number {
  const errors = predictions.map(({ value }, row) =>
    typeof value === 'number' ? Math.abs(value - Number(truths[row])) : Number(value !== truths[row]),
  );
  return errors.reduce((sum, each) => sum + each, 0) / errors.length;
}
