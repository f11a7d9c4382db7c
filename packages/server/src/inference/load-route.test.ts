import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltBundle, forestBundle } from '../testing/bundle-builder.ts';
import { routeLoader } from './load-route.ts';

let scratch: string;
let bundle: BuiltBundle;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-load-'));
  bundle = await forestBundle(join(scratch, 'forest'), { trees: 800, depth: 6, columns: 4, seed: 1 });
});
afterAll(() => rm(scratch, { recursive: true }));

function load(loadTimeoutMs: number) {
  const noPools = () => Promise.reject(new Error('it takes columns'));
  const { folder, bundleId } = bundle;
  const loader = routeLoader(noPools, { maxHeld: 1, maxHoldMs: 1, loadTimeoutMs });
  return loader({ modelName: 'churn', modelVersion: 3, bundleId, folder, weight: 1 });
}

describe('loading a version', () => {
  it('makes it ready', async () => {
    expect(await load(600_000)).toMatchObject({ takes: 'columns', modelVersion: 3 });
  });

  it('refuses one that takes too long until it is warm', async () => {
    await expect(load(0)).rejects.toMatchObject({
      code: 'endpoint.load-failed',
      details: { version: 3, reason: 'it was not warm within 0 ms' },
    });
  });
});
