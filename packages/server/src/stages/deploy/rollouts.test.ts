import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointSpecSchema, fail, type RolloutPlan, rolloutPlanSchema } from '@slipway/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashSecret } from '../../access/index.ts';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import { systemClock } from '../../kernel/index.ts';
import type { Database } from '../../metadata/index.ts';
import { type BuiltBundle, forestBundle, writeBundle } from '../../testing/bundle-builder.ts';
import { inferenceClient } from '../../testing/inference-client.ts';
import { ORDER, ordersBundle } from '../../testing/orders-bundle.ts';
import { type RunningInference, runningInference } from '../../testing/running-inference.ts';
import { type SteadyLoad, steadyLoad } from '../../testing/steady-load.ts';
import { createDeployer, type Deployer } from './deployer.ts';
import { endpointMetadata } from './endpoint-metadata.ts';
import type { RolloutState } from './rollout/rollout-state.ts';

const TOKEN = 'slipe_test';
const ROW = { x0: 1.5, x1: 4, x2: 7, x3: 2 };
const bodyOf = (rows: number) => JSON.stringify({ rows: Array.from({ length: rows }, () => ROW) });
const BODY = bodyOf(20);

/** What the versions of every model here are. */
const FIRST = 1;
const GOOD = 2;
const REFUSING = 3;
const SLOW = 4;
const GONE = 5;
const WRONG = 6;
const ORDERS = 7;

let scratch: string;
let database: Database;
let bundles: Map<number, BuiltBundle>;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-rollouts-'));
  const forest = (name: string, trees: number, columns: number, seed: number) =>
    forestBundle(join(scratch, name), { trees, depth: 5, columns, seed });
  const [orders, first, good, refusing, slow] = await Promise.all([
    ordersBundle(join(scratch, 'orders')),
    forest('first', 2, 4, 1),
    forest('good', 2, 4, 2),
    forest('refusing', 2, 3, 3), // it knows no x3, which every caller sends
    forest('slow', 3000, 4, 4),
  ]);
  const gone = { ...good, folder: join(scratch, 'nowhere'), bundleId: 'f'.repeat(64) };
  const golden = { ...good.manifest.golden, predictions: first.manifest.golden.predictions };
  const folder = join(scratch, 'wrong');
  const wrongId = await writeBundle(folder, good.engineFile, { ...good.manifest, golden });
  const wrong = { ...good, folder, bundleId: wrongId };
  bundles = new Map([first, good, refusing, slow, gone, wrong, orders].map((bundle, i) => [i + 1, bundle]));
  [database, running] = await Promise.all([openNewPglite(join(scratch, 'database')), startInference()]);
}, 120_000);

afterAll(async () => {
  await running.end();
  await database.close();
  await rm(scratch, { recursive: true });
});

let running: RunningInference;
let deployer: Deployer;
let name: string;
let endpoints = 0;
/** Epoch milliseconds, as the rollouts see it. */
let now: number;
const client = inferenceClient(() => running, TOKEN);

beforeEach(async () => {
  now = Date.now();
  name = `shop-${++endpoints}`;
  deployer = newDeployer();
  await newEndpoint();
  await promote(FIRST);
}, 60_000);

afterEach(async () => {
  await load?.stop();
  load = undefined;
  await deployer.remove(name, 'test');
});

/** One that sheds no load however busy this machine is: what is refused here is refused by a version. */
function startInference(): Promise<RunningInference> {
  return runningInference({ maxLagMs: 60_000, maxWaitMs: 60_000 });
}

function newDeployer(): Deployer {
  const folders = new Map([...bundles.values()].map(({ bundleId, folder }) => [bundleId, folder]));
  return createDeployer({
    metadata: endpointMetadata(database),
    dataPlane: running.dataPlane,
    bundles: {
      open: async (id) => {
        const folder = folders.get(id);
        if (folder === undefined || id === 'f'.repeat(64))
          throw fail('bundle.invalid', { reason: 'it is gone' });
        return { folder, files: new Map() };
      },
    },
    clock: { ...systemClock, now: () => now },
  });
}

async function newEndpoint(): Promise<void> {
  const { models, endpoints: store } = database.stores;
  await models.ensure({ name, task: 'binary', target: 'churned', dataset: 'd' });
  for (const { bundleId } of bundles.values())
    await models.addVersion(name, {
      bundleId,
      runId: null,
      datasetVersion: 1,
      learner: 'boosted-trees',
      metrics: {},
      primaryMetric: 'auc',
      gates: [],
      bytes: 1,
    });
  await store.create({ name, model: name, target: 'churned', task: 'binary' });
  const hash = hashSecret(TOKEN);
  await store
    .addToken({ endpoint: name, name: 'test', prefix: 't', hash: `${hash}`, limits: null })
    .catch(() => undefined);
}

const promotion = (modelVersion: number) => {
  return { endpoint: name, modelVersion, bundleId: bundles.get(modelVersion)!.bundleId, by: 'anna' };
};
const promote = (version: number) => deployer.promote(promotion(version));
const rollOut = (version: number, plan: Partial<RolloutPlan>) =>
  deployer.deploy(promotion(version), rolloutPlanSchema.parse(plan));

let load: SteadyLoad | undefined;

function callAll(requestsASecond = 100, body = BODY): SteadyLoad {
  const url = `${running.dataPlane.url()}/endpoints/${name}/predict`;
  load = steadyLoad({ url, token: TOKEN, body, requestsASecond });
  return load;
}

async function rollout(): Promise<RolloutState> {
  const [row] = await database.stores.rollouts.list(name, 1);
  return row!.document as RolloutState;
}

/** Looks at the rollouts again and again, as the control plane does, until what is wanted holds. */
async function untilRollout(
  wanted: (state: RolloutState) => boolean,
  passSeconds = 0,
): Promise<RolloutState> {
  for (;;) {
    now += passSeconds * 1000;
    const before = now;
    await deployer.stepRollouts((error) => {
      throw error;
    });
    const state = await rollout();
    if (wanted(state)) return state;
    now = before;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const served = async () => (await running.dataPlane.stats()).endpoints.find((one) => one.name === name)!;
const current = async () => (await database.stores.endpoints.current(name))!;
const versionOf = async (headers: Record<string, string> = {}, row: object = ROW) =>
  Number(
    (await client.post(`/endpoints/${name}/predict`, { rows: [row] }, headers)).headers[
      'x-slipway-model-version'
    ],
  );

/** How busy this machine is must not decide. */
const WHATEVER_LATENCY = { ...rolloutPlanSchema.parse({}).abort, latencyFloorMs: 60_000 };

describe('a canary', { timeout: 120_000 }, () => {
  const plan: Partial<RolloutPlan> = {
    strategy: 'canary',
    steps: [20, 100],
    bakeSeconds: 60,
    minRequests: 30,
    abort: WHATEVER_LATENCY,
  };

  it('takes over by steps, and no request fails', async () => {
    const under = callAll();
    await rollOut(GOOD, plan);
    expect((await current()).modelVersion).toBe(FIRST);
    await untilRollout(({ counts }) => counts.version.requests >= 30);
    now += 61_000;
    await untilRollout(({ step }) => step === 1);
    await untilRollout(({ counts }) => counts.version.requests >= 30);
    now += 61_000;
    const { history } = await untilRollout(({ state }) => state === 'done');
    expect(history.map(({ percent }) => percent)).toEqual([20, 100, 100]);
    expect(await current()).toMatchObject({ modelVersion: GOOD, revision: 2, reason: 'promote', by: 'anna' });
    expect((await served()).counts.map(({ version }) => version)).toEqual([GOOD]);
    const answers = await under.stop();
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.at(-1)!.version).toBe(String(GOOD));
    expect(await deployer.rollback(name, 'ben')).toMatchObject({ modelVersion: FIRST, revision: 3 });
  });

  it('of a version that refuses what callers send is taken back by itself', async () => {
    const under = callAll();
    await rollOut(REFUSING, plan);
    const { says } = await untilRollout(({ state }) => state === 'aborted');
    expect(says).toMatch(/worse by refusals/);
    expect(await versionOf()).toBe(FIRST);
    expect((await served()).counts.map(({ version }) => version)).toEqual([FIRST]);
    const answers = await under.stop();
    const isRefusal = ({ status, version }: (typeof answers)[number]) =>
      status === 422 && version === String(REFUSING);
    expect(answers.filter((answer) => answer.status !== 200 && !isRefusal(answer))).toEqual([]);
    expect(await current()).toMatchObject({ modelVersion: FIRST, revision: 1 });
  });

  it('of a version that is slow is taken back by itself', { timeout: 300_000 }, async () => {
    // So much work a request that its time stands out on a machine that is busy otherwise, and so few that none waits for another's:
    // the slow ones would make all others slow.
    const under = callAll(6, bodyOf(800));
    const abort = { ...rolloutPlanSchema.parse({}).abort, latencyRatio: 1.2, latencyFloorMs: 0 };
    await expect
      .poll(async () => (await served()).counts[0]!.requests, { timeout: 60_000 })
      .toBeGreaterThan(30);
    await rollOut(SLOW, { ...plan, steps: [50, 100], abort });
    const { says } = await untilRollout(({ state }) => state === 'aborted');
    expect(says).toMatch(/worse by p9[59]/);
    expect((await under.stop()).filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('holds where nobody calls, and a person may promote it all the same', async () => {
    await rollOut(GOOD, plan);
    now += 61_000;
    const { says } = await untilRollout(({ state }) => state === 'holding');
    expect(says).toContain('0 of the 30 requests');
    await promote(GOOD);
    expect(await rollout()).toMatchObject({ state: 'done', says: expect.stringContaining('anna') });
    expect(await current()).toMatchObject({ modelVersion: GOOD, revision: 2 });
  });

  it('is ended by a rollback, which goes no further back', async () => {
    await rollOut(GOOD, plan);
    expect(await deployer.rollback(name, 'ben')).toMatchObject({ revision: 1, modelVersion: FIRST });
    expect(await rollout()).toMatchObject({ state: 'aborted', says: 'Rolled back by ben.' });
    expect((await served()).counts.map(({ version }) => version)).toEqual([FIRST]);
  });

  it.each([
    ['whose bundle is gone', GONE, 'endpoint.load-failed'],
    ['that does not give its golden answers', WRONG, 'endpoint.load-failed'],
  ])('of a version %s is never begun', async (_, version, code) => {
    for (const strategy of ['canary', 'blue-green', 'shadow'] as const)
      await expect(rollOut(version, { strategy })).rejects.toMatchObject({ code });
    await expect(promote(version)).rejects.toMatchObject({ code });
    expect(await database.stores.rollouts.list(name)).toEqual([]);
    expect(await versionOf()).toBe(FIRST);
  });
});

describe('blue-green', { timeout: 120_000 }, () => {
  const plan: Partial<RolloutPlan> = {
    strategy: 'blue-green',
    bakeSeconds: 60,
    minRequests: 10,
    abort: WHATEVER_LATENCY,
  };

  it('switches wholly, keeps the former version warm for the bake, then drops it', async () => {
    const under = callAll();
    await rollOut(GOOD, plan);
    expect(await versionOf()).toBe(GOOD);
    expect((await served()).counts.map(({ version }) => version)).toEqual([GOOD, FIRST]);
    await untilRollout(({ counts }) => counts.version.requests >= 10);
    now += 61_000;
    await untilRollout(({ state }) => state === 'done');
    expect((await served()).counts.map(({ version }) => version)).toEqual([GOOD]);
    expect((await under.stop()).filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('returns by itself', async () => {
    const under = callAll();
    await expect
      .poll(async () => (await served()).counts[0]!.requests, { timeout: 60_000 })
      .toBeGreaterThan(30);
    await rollOut(REFUSING, plan);
    await untilRollout(({ state }) => state === 'aborted');
    expect(await versionOf()).toBe(FIRST);
    await under.stop();
  });
});

describe('a shadow', { timeout: 120_000 }, () => {
  it.each([
    ['that answers otherwise', GOOD],
    ['that refuses everything', REFUSING],
  ])('%s never shows in an answer', async (_, version) => {
    const before = (await client.call(`/endpoints/${name}/predict`, { body: BODY })).json().predictions as {
      value: string;
    }[];
    const under = callAll();
    await rollOut(version, { strategy: 'shadow', percent: 100, bakeSeconds: 3600, abort: WHATEVER_LATENCY });
    const seen = await untilRollout(
      ({ shadow, state }) => shadow.copies.requests >= 20 || state === 'aborted',
    );
    const answers = await under.stop();
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.map((answer) => answer.version))).toEqual(new Set([String(FIRST)]));
    const values = answers.map(
      ({ body }) => (JSON.parse(body) as { predictions: { value: string }[] }).predictions[0]!.value,
    );
    expect(new Set(values)).toEqual(new Set([before[0]!.value]));
    expect((await served()).predictions).toBe((answers.length + 1) * 20);
    if (version === REFUSING)
      expect(seen).toMatchObject({ state: 'aborted', says: expect.stringContaining('errors') });
    else {
      expect(seen.shadow.rows).toBeGreaterThanOrEqual(400);
      expect(seen.shadow.difference).toBeGreaterThan(0);
    }
  });

  it('that is declared is compared all along, and promoted without loading again', async () => {
    const spec = endpointSpecSchema.parse({
      versions: { [`${name}@${FIRST}`]: 100 },
      shadow: { version: `${name}@${FIRST + 1}`, percent: 100 },
    });
    await deployer.declare(name, spec, 'anna');
    const under = callAll();
    await expect
      .poll(async () => (await served()).shadow?.rows ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(20);
    await promote(GOOD);
    expect((await served()).shadow).toBeNull();
    expect((await current()).spec).not.toHaveProperty('shadow');
    expect((await under.stop()).filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe('a restart', { timeout: 120_000 }, () => {
  const plan: Partial<RolloutPlan> = {
    strategy: 'canary',
    steps: [50, 100],
    bakeSeconds: 60,
    minRequests: 0,
  };

  async function restart(): Promise<void> {
    await running.end();
    running = await startInference();
    deployer = newDeployer();
    await deployer.restore();
  }

  it('in the middle of a rollout goes on where it was', async () => {
    await rollOut(GOOD, plan);
    now += 61_000;
    await untilRollout(({ step }) => step === 1);
    await restart();
    expect(await versionOf()).toBe(GOOD);
    expect((await served()).counts.map(({ version }) => version)).toEqual([GOOD, FIRST]);
    now += 61_000;
    await untilRollout(({ state }) => state === 'done');
    expect((await current()).modelVersion).toBe(GOOD);
  });

  it('at which the version does not load any more ends the rollout, and the endpoint answers', async () => {
    await rollOut(GOOD, plan);
    const good = bundles.get(GOOD)!;
    bundles.set(GOOD, { ...good, folder: join(scratch, 'nowhere') });
    await restart();
    bundles.set(GOOD, good);
    expect(await rollout()).toMatchObject({ state: 'aborted' });
    expect(await versionOf()).toBe(FIRST);
  });
});

describe('a split that is declared', { timeout: 120_000 }, () => {
  const split = (sticky: object) =>
    endpointSpecSchema.parse({ versions: { [`${name}@1`]: 50, [`${name}@2`]: 50 }, sticky });

  it('sends the same header to the same version, over every protocol', async () => {
    await deployer.declare(name, split({ header: 'X-User-Id' }), 'anna');
    const inputs = Object.entries(ROW).map(([column, value]) => {
      return { name: column, datatype: 'FP64', shape: [1], data: [value] };
    });
    const versions = new Set<number>();
    for (let user = 0; user < 20; user++) {
      const headers = { 'x-user-id': `user-${user}` };
      const version = await versionOf(headers);
      versions.add(version);
      for (let i = 0; i < 3; i++) expect(await versionOf(headers)).toBe(version);
      const v2 = await client.post(`/v2/models/${name}/infer`, { inputs }, headers);
      expect(Number(v2.headers['x-slipway-model-version'])).toBe(version);
    }
    expect(versions).toEqual(new Set([1, 2]));
  });

  it('sends the same value of a column to the same version', async () => {
    await deployer.declare(name, split({ column: 'x1' }), 'anna');
    const versions = new Map<number, number>();
    for (let x1 = 0; x1 < 20; x1++) versions.set(x1, await versionOf({}, { ...ROW, x1 }));
    expect(new Set(versions.values())).toEqual(new Set([1, 2]));
    for (const [x1, version] of versions) expect(await versionOf({}, { ...ROW, x0: 9, x1 })).toBe(version);
  });

  it('makes a revision once, and is undone by a rollback', async () => {
    const spec = split({ column: 'x1' });
    expect(await deployer.declare(name, spec, 'anna')).toMatchObject({
      changed: true,
      revision: { revision: 2 },
    });
    expect(await deployer.declare(name, structuredClone(spec), 'ben')).toMatchObject({
      changed: false,
      revision: { revision: 2 },
    });
    await deployer.rollback(name, 'ben');
    expect((await served()).counts.map(({ version }) => version)).toEqual([FIRST]);
  });
});

describe('what is declared', { timeout: 120_000 }, () => {
  const declare = (more: object) =>
    deployer.declare(name, endpointSpecSchema.parse({ versions: { [`${name}@1`]: 1 }, ...more }), 'anna');
  const post = (rows: number) =>
    client.post(`/endpoints/${name}/predict`, { rows: Array.from({ length: rows }, () => ROW) });

  it('bounds rows, bodies and the rate of all callers', async () => {
    await declare({ limits: { maxRows: 3, maxBodyBytes: 400, requestsPerSecond: 2 } });
    expect((await post(4)).json()).toMatchObject({ code: 'predict.too-many-rows' });
    expect((await post(40)).status).toBe(413);
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await post(1)).json().code));
    expect(statuses).toContain('endpoint.rate-limited');
  });

  it('refuses values that training never saw, where it says strict', async () => {
    const versions = { [`${name}@${ORDERS}`]: 100 };
    const rows = [{ ...ORDER, country: 'PT' }];
    const ask = async () => (await client.post(`/endpoints/${name}/predict`, { rows })).status;
    await declare({ versions, strict: true });
    expect(await ask()).toBe(422);
    await declare({ versions, strict: false });
    expect(await ask()).toBe(200);
  });

  it('logs the share of the predictions that it says', async () => {
    // The predictions of the tests before this one are on disk before any is counted.
    await expect.poll(async () => (await running.dataPlane.stats()).log.pending, { timeout: 60_000 }).toBe(0);
    const before = (await running.dataPlane.stats()).log.written;
    await declare({ log: { percent: 0 } });
    expect((await post(2)).status).toBe(200);
    await declare({ log: { percent: 100 } });
    expect((await post(3)).status).toBe(200);
    await expect
      .poll(async () => (await running.dataPlane.stats()).log.written, { timeout: 60_000 })
      .toBe(before + 3);
    expect((await running.dataPlane.stats()).log.pending).toBe(0);
  });
});

describe('pausing', { timeout: 120_000 }, () => {
  it('answers 503 with a time to come back, until it is resumed', async () => {
    await deployer.setPaused(name, true, 'anna');
    const paused = await client.call(`/endpoints/${name}/predict`, { body: BODY });
    expect({ status: paused.status, code: paused.json().code }).toEqual({
      status: 503,
      code: 'endpoint.paused',
    });
    expect(Number(paused.headers['retry-after'])).toBeGreaterThan(0);
    await promote(GOOD);
    expect((await client.call(`/endpoints/${name}/predict`, { body: BODY })).status).toBe(503);
    await deployer.setPaused(name, false, 'anna');
    expect(await versionOf()).toBe(GOOD);
  });
});

describe('removing', { timeout: 120_000 }, () => {
  it('ends the endpoint and its tokens, and leaves the audit log', async () => {
    await deployer.setPaused(name, true, 'anna');
    await deployer.remove(name, 'anna');
    expect((await client.call(`/endpoints/${name}/predict`, { body: BODY })).status).toBe(404);
    expect(await database.stores.endpoints.find(name)).toBeUndefined();
    const told = (await database.stores.audit.list({ limit: 10 })).filter(({ subject }) => subject === name);
    expect(told.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['endpoints.delete', 'endpoints.pause']),
    );
    await newEndpoint();
    await promote(FIRST);
    expect(await current()).toMatchObject({ revision: 1 });
  });
});
