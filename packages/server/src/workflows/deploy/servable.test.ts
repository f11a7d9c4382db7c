import { fail } from '@slipway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Stores } from '../../metadata/index.ts';
import { servable } from './servable.ts';

/** Endpoints by name, and those that something answers at. */
let rows: Map<string, string>;
let answering: Set<string>;
let stores: Pick<Stores, 'endpoints' | 'models'>;

beforeEach(() => {
  rows = new Map([['old', 'churn']]);
  answering = new Set(['old']);
  stores = {
    endpoints: {
      find: async (name: string) => (rows.has(name) ? { name, model: rows.get(name)! } : undefined),
      create: async ({ name, model }: { name: string; model: string }) => void rows.set(name, model),
      current: async (name: string) => (answering.has(name) ? { modelVersion: 1 } : undefined),
      remove: async (name: string) => {
        if (!rows.delete(name)) throw fail('endpoint.missing', { name });
      },
    },
    models: { get: async () => ({ target: 'y', task: 'binary' }) },
  } as unknown as typeof stores;
});

const broken = () => fail('endpoint.load-failed', { name: 'new', version: 1, reason: 'broken' });
const wanted = { name: 'new', model: 'churn' };

/** Deploys what comes to answer. */
async function answers(): Promise<string> {
  if (!rows.has('new')) throw fail('endpoint.missing', { name: 'new' });
  answering.add('new');
  return 'done';
}

describe('an endpoint to deploy to', () => {
  it('is made where there is none', async () => {
    expect(await servable(stores, wanted, 'endpoint', answers)).toBe('done');
    expect([...rows.keys()]).toEqual(['old', 'new']);
  });

  it('is gone again when nothing came to answer', async () => {
    await expect(servable(stores, wanted, 'endpoint', () => Promise.reject(broken()))).rejects.toMatchObject({
      code: 'endpoint.load-failed',
    });
    expect([...rows.keys()]).toEqual(['old']);
  });

  it('stays when it was there before', async () => {
    const again = { name: 'old', model: 'churn' };
    answering.clear();
    await expect(servable(stores, again, 'endpoint', () => Promise.reject(broken()))).rejects.toThrow();
    expect([...rows.keys()]).toEqual(['old']);
  });

  it('that serves another model is refused, with the field', async () => {
    const other = { name: 'old', model: 'fraud' };
    const refused = servable(stores, other, 'versions', answers);
    await expect(refused).rejects.toMatchObject({ code: 'endpoint.exists', path: 'versions' });
  });

  it('is there for the next deployment, whatever became of the one before', async () => {
    const first = servable(stores, wanted, 'endpoint', () => Promise.reject(broken()));
    const second = servable(stores, wanted, 'endpoint', answers);
    await expect(first).rejects.toThrow();
    expect(await second).toBe('done');
    expect([...rows.keys()]).toEqual(['old', 'new']);
  });

  it('tells why deploying failed, also when somebody removed it meanwhile', async () => {
    const failing = servable(stores, wanted, 'endpoint', async () => {
      rows.delete('new');
      throw broken();
    });
    await expect(failing).rejects.toMatchObject({ code: 'endpoint.load-failed' });
  });
});
