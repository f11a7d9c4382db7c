import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FailureCode, fail, failureData } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import type { Database } from '../../metadata/index.ts';
import { createDeployer, type Deployer } from './deployer.ts';
import { endpointMetadata } from './endpoint-metadata.ts';
import type { RoutingTable } from './model.ts';
import type { DataPlane } from './ports.ts';

let scratch: string;
let database: Database;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-deploy-'));
  database = await openNewPglite(join(scratch, 'database'));
});
afterAll(async () => {
  await database.close();
  await rm(scratch, { recursive: true });
});

/** A data plane that remembers its tables, and refuses the bundles in `broken`. */
let tables: RoutingTable[];
let broken: Set<string>;
/** Bundles whose files do not hold. */
let missing: Set<string>;
/** How many tables it does not answer to any more. */
let unanswered: number;
let deployer: Deployer;
let name: string;
let endpoints = 0;

beforeEach(async () => {
  tables = [];
  broken = new Set();
  missing = new Set();
  unanswered = 0;
  deployer = createDeployer({
    metadata: endpointMetadata(database),
    dataPlane: rememberingDataPlane(),
    bundles: {
      open: async (id) => {
        if (missing.has(id)) throw fail('bundle.invalid', { reason: 'it is not there' });
        return { folder: `/bundles/${id}`, files: new Map() };
      },
    },
  });
  name = await newEndpoint(4);
});

function rememberingDataPlane(): DataPlane {
  return {
    apply: async (table) => {
      tables.push(table);
      if (unanswered-- > 0) throw fail('dataplane.unavailable', { reason: 'it does not answer' });
      return table.endpoints.map(({ name: endpoint, routes }) => {
        const bad = routes.find((route) => broken.has(route.bundleId));
        if (bad === undefined) return { name: endpoint, ok: true };
        const details = { name: endpoint, version: bad.modelVersion, reason: 'broken' };
        return { name: endpoint, ok: false, failure: failureData(fail('endpoint.load-failed', details)) };
      });
    },
    stats: () => Promise.reject(fail('dataplane.unavailable', { reason: 'not here' })),
    ready: () => true,
    url: () => '',
  };
}

async function newEndpoint(versions: number): Promise<string> {
  const model = `churn-${++endpoints}`;
  const { stores } = database;
  await stores.models.ensure({ name: model, task: 'binary', target: 'y', dataset: 'd' });
  for (let version = 1; version <= versions; version++) {
    await stores.models.addVersion(model, {
      bundleId: bundleOf(model, version),
      runId: null,
      datasetVersion: 1,
      learner: 'boosted-trees',
      metrics: {},
      primaryMetric: 'auc',
      gates: [],
      bytes: 1,
    });
  }
  await stores.endpoints.create({ name: model, model, target: 'y', task: 'binary' });
  return model;
}

const bundleOf = (model: string, version: number) =>
  Buffer.from(`${model}-${version}`).toString('hex').padEnd(64, '0');

const promote = (modelVersion: number, endpoint = name) =>
  deployer.promote({ endpoint, modelVersion, bundleId: bundleOf(endpoint, modelVersion), by: 'anna' });

const routeOf = (table: RoutingTable | undefined, endpoint = name) =>
  table?.endpoints.find((each) => each.name === endpoint)?.routes[0];

const current = async () => (await database.stores.endpoints.current(name))?.modelVersion;

const failsWith = (code: FailureCode) => expect.objectContaining({ code });

describe('promoting', () => {
  it('gives the data plane the version and writes the revision', async () => {
    expect(await promote(1)).toMatchObject({ revision: 1, modelVersion: 1, reason: 'deploy', by: 'anna' });
    expect(await promote(2)).toMatchObject({ revision: 2, modelVersion: 2, reason: 'promote' });
    expect(routeOf(tables.at(-1))).toEqual({
      modelName: name,
      modelVersion: 2,
      bundleId: bundleOf(name, 2),
      deployment: expect.stringMatching(/^[0-9a-f]{16}$/),
      folder: `/bundles/${bundleOf(name, 2)}`,
      weight: 100,
    });
    expect(await current()).toBe(2);
  });

  it('keeps every other endpoint as it is', async () => {
    const other = await newEndpoint(1);
    await promote(1, other);
    await promote(2);
    expect(routeOf(tables.at(-1), other)!.modelVersion).toBe(1);
  });

  it('carries the tokens that are not revoked, with the limits of their own', async () => {
    const { endpoints: store } = database.stores;
    const [kept, revoked] = await Promise.all(
      ['a', 'b'].map((letter) =>
        store.addToken({
          ...{ endpoint: name, name: letter, prefix: letter, hash: letter.repeat(64) },
          limits: { rowsPerDay: 10 },
        }),
      ),
    );
    const free = await store.addToken({
      endpoint: name,
      name: 'c',
      prefix: 'c',
      hash: 'c'.repeat(64),
      limits: null,
    });
    await store.revokeToken(revoked!.id);
    await promote(1);
    const { tokenHashes, tokenLimits } = tables.at(-1)!.endpoints.find((each) => each.name === name)!;
    expect(new Set(tokenHashes)).toEqual(new Set([kept!.hash, free.hash]));
    expect(tokenLimits).toEqual({ [kept!.hash]: { rowsPerDay: 10 } });
  });

  it('changes nothing when the version does not load, and gives the data plane its former table back', async () => {
    await promote(1);
    broken.add(bundleOf(name, 2));
    await expect(promote(2)).rejects.toEqual(failsWith('endpoint.load-failed'));
    expect(await current()).toBe(1);
    expect(routeOf(tables.at(-1))!.modelVersion).toBe(1);
  });

  it('gives the data plane its former table back too when it did not answer, and tells that whatever comes of it', async () => {
    await promote(1);
    for (const times of [1, 2]) {
      unanswered = times;
      await expect(promote(2)).rejects.toEqual(failsWith('dataplane.unavailable'));
      expect(await current()).toBe(1);
      expect(routeOf(tables.at(-1))!.modelVersion).toBe(1);
    }
  });

  it('leaves other endpoints be when the bundle of one is gone', async () => {
    const other = await newEndpoint(1);
    await promote(1, other);
    const restarted = bundleOf(other, 1);
    missing.add(restarted);
    const fresh = createDeployer({
      metadata: endpointMetadata(database),
      dataPlane: rememberingDataPlane(),
      bundles: {
        open: async (id) => {
          if (missing.has(id)) throw fail('bundle.invalid', { reason: 'it is not there' });
          return { folder: `/bundles/${id}`, files: new Map() };
        },
      },
    });
    await fresh.promote({ endpoint: name, modelVersion: 1, bundleId: bundleOf(name, 1), by: 'anna' });
    expect(routeOf(tables.at(-1))!.folder).toBe(`/bundles/${bundleOf(name, 1)}`);
    expect(routeOf(tables.at(-1), other)!.folder).toMatchObject({ failure: { code: 'bundle.invalid' } });
  });

  it('happens in turn when two ask at once', async () => {
    await promote(1);
    const revisions = await Promise.all([promote(2), promote(3), promote(4)]);
    expect(revisions.map((each) => each.revision)).toEqual([2, 3, 4]);
    expect(await current()).toBe(4);
    expect(routeOf(tables.at(-1))!.modelVersion).toBe(4);
  });

  it('of the version that answers already adds no revision, so a rollback goes to the one before it', async () => {
    await promote(1);
    const second = await promote(2);
    expect(await promote(2)).toEqual(second);
    expect(await deployer.rollback(name, 'ben')).toMatchObject({ revision: 3, modelVersion: 1 });
  });

  it('of an endpoint that there is not fails', async () => {
    await expect(promote(1, 'no-such-endpoint')).rejects.toEqual(failsWith('endpoint.missing'));
  });
});

describe('rolling back', () => {
  it('puts the former version back as a new revision, and again the one before', async () => {
    for (const version of [1, 2, 3]) await promote(version);
    expect(await deployer.rollback(name, 'ben')).toMatchObject({
      revision: 4,
      modelVersion: 2,
      reason: 'rollback',
      by: 'ben',
    });
    expect(routeOf(tables.at(-1))!.modelVersion).toBe(2);
    expect(await deployer.rollback(name, 'ben')).toMatchObject({ revision: 5, modelVersion: 1 });
    await expect(deployer.rollback(name, 'ben')).rejects.toEqual(failsWith('endpoint.no-former'));
    expect(await current()).toBe(1);
  });

  it('fails where nothing was before', async () => {
    await expect(deployer.rollback(name, 'ben')).rejects.toEqual(failsWith('endpoint.no-former'));
    await expect(deployer.rollback('no-such-endpoint', 'ben')).rejects.toEqual(failsWith('endpoint.missing'));
  });
});

describe('restoring', () => {
  it('gives the data plane what the metadata store says', async () => {
    await promote(1);
    await promote(2);
    const outcomes = await deployer.restore();
    expect(outcomes).toContainEqual({ name, ok: true });
    expect(routeOf(tables.at(-1))!.modelVersion).toBe(2);
  });
});
