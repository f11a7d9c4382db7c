import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Permission } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import type { Database } from '../../metadata/index.ts';
import type { BatchInput } from '../../workflows/index.ts';
import type { CallContext } from '../handler-types.ts';
import type { App } from './app.ts';
import { batchHandlers } from './batches.ts';
import { modelHandlers } from './models.ts';
import { pipelineRunHandlers } from './pipeline-runs.ts';

let scratch: string;
let database: Database;
let app: App;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'batches-'));
  database = await openNewPglite(join(scratch, 'database'));
  const pipelineRuns = { wakeWorkers: () => {}, cancelJob: () => {} };
  app = { database, pipelineRuns } as unknown as App;
}, 120_000);
afterAll(async () => {
  await database.close();
  await rm(scratch, { recursive: true, force: true });
});

const FILE: BatchInput['source'] = { file: { sha256: 'a'.repeat(64), filename: 'rows.csv' } };
const DATASET = { dataset: 'customers', version: 1, manifest: {} } as unknown as BatchInput['source'];

/** A batch that the key `owner` began. */
async function begun(source: BatchInput['source']): Promise<string> {
  const model = { name: 'churn', version: 1, bundleId: 'b' };
  const asked = { format: 'csv', keep: 'all', explain: false, by: 'owner', callerId: 'owner' } as const;
  const { id } = await database.stores.jobs.enqueue('batch', {
    model,
    source,
    ...asked,
  } satisfies BatchInput);
  return id;
}

/** Calls as the key of the id, which may do just this. */
function as(id: string, ...permissions: Permission[]): CallContext {
  const caller = { id, name: id, permissions: new Set(permissions) };
  return {
    caller,
    requestId: 'r',
    reachedAt: { address: '127.0.0.1', port: 7400 },
    signal: new AbortController().signal,
  };
}

const forbidden = (permission: Permission) => ({ code: 'access.forbidden', details: { permission } });

describe('cancelling a batch', () => {
  const cancel = (id: string, context: CallContext) =>
    batchHandlers(app)['batches.cancel']({ params: { id }, query: undefined, body: undefined }, context);

  it('of another key takes pipelines:write, and leaves it running without', async () => {
    const id = await begun(FILE);
    const reader = as('other', 'endpoints:predict', 'pipelines:read');
    await expect(cancel(id, reader)).rejects.toMatchObject(forbidden('pipelines:write'));
    expect((await database.stores.jobs.get(id)).state).toBe('queued');
    const writer = as('other', 'endpoints:predict', 'pipelines:read', 'pipelines:write');
    expect((await cancel(id, writer)).state).toBe('cancelled');
  });

  it('of one’s own takes no more than beginning it, and that of another is not known of', async () => {
    const id = await begun(FILE);
    await expect(cancel(id, as('other', 'endpoints:predict'))).rejects.toMatchObject({ code: 'job.missing' });
    expect((await cancel(id, as('owner', 'endpoints:predict'))).state).toBe('cancelled');
  });
});

describe.each(['batches.result', 'jobs.artifact'] as const)('%s', (operation) => {
  const download = (id: string, context: CallContext) =>
    ({ ...batchHandlers(app), ...pipelineRunHandlers(app) })[operation](
      { params: { id }, query: undefined, body: undefined },
      context,
    );
  /** Who is let in hears that there is nothing yet. */
  const letIn = { code: 'job.no-artifact' };

  it('of what another key made of a dataset takes datasets:read', async () => {
    const id = await begun(DATASET);
    const reader = as('other', 'endpoints:predict', 'jobs:read', 'pipelines:read');
    await expect(download(id, reader)).rejects.toMatchObject(forbidden('datasets:read'));
    const allowed = as('other', 'endpoints:predict', 'jobs:read', 'pipelines:read', 'datasets:read');
    await expect(download(id, allowed)).rejects.toMatchObject(letIn);
    await expect(download(id, as('owner', 'endpoints:predict'))).rejects.toMatchObject(letIn);
  });

  it('of what another key made of a file takes pipelines:read alone', async () => {
    const id = await begun(FILE);
    await expect(download(id, as('other', 'pipelines:read'))).rejects.toMatchObject(letIn);
    await expect(download(id, as('other', 'datasets:read'))).rejects.toMatchObject({ code: 'job.missing' });
  });
});

describe('optimizing a model', () => {
  it.each(['on', 'calibration'] as const)('by a dataset as %s takes datasets:read', async (role) => {
    const body = {
      maxLoss: 0,
      prefer: 'balanced',
      unverified: false,
      [role]: { dataset: 'customers' },
    } as const;
    const optimize = (context: CallContext) =>
      modelHandlers(app)['models.optimize']({ params: { name: 'churn' }, query: undefined, body }, context);
    await expect(optimize(as('k', 'models:write'))).rejects.toMatchObject(forbidden('datasets:read'));
    const allowed = as('k', 'models:write', 'datasets:read');
    await expect(optimize(allowed)).rejects.toMatchObject({ code: 'model.missing' });
  });
});
