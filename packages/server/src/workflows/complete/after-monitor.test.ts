import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pgliteUnderTest } from '../../adapters/database/pglite-under-test.ts';
import type { Database } from '../../metadata/index.ts';
import type { DatasetManifest } from '../../stages/ingest/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import type { MonitorInput, MonitorOutput } from '../model.ts';
import { followPolicy } from './after-monitor.ts';

let subject: DatabaseUnderTest;
let database: Database;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  database = subject.database;
});
afterAll(() => subject.dispose());

let name: string;
let names = 0;
beforeEach(async () => {
  name = `watched-${++names}`;
  const { models, endpoints } = database.stores;
  await models.ensure({ name, task: 'regression', target: 'y', dataset: name });
  await endpoints.create({ name, model: name, target: 'y', task: 'regression' });
});

describe('a proposal to retrain', () => {
  const look = (drifted: boolean) => {
    const drift = { fired: drifted, says: 'Column x drifted.' };
    const fresh = { sha256: 'f'.repeat(64), rows: 5000, corrected: 0 };
    const output = { report: null, raised: [], resolved: [], fresh };
    const signals = { drift, performance: { fired: false, says: 'Quiet.' } };
    const input = { endpoint: name, gather: null } as unknown as MonitorInput;
    return followPolicy(database, input, { ...output, signals } as unknown as MonitorOutput, Date.now());
  };
  const open = () => database.stores.alerts.list({ endpoint: name, state: 'open' });

  beforeEach(async () => {
    const policy = { mode: 'propose', on: ['drift'], minLabels: 10, cooldownHours: 0, checkEveryMinutes: 60 };
    await database.stores.endpoints.setPolicy(name, policy);
  });

  it('stays while what it says holds, and is withdrawn when it does not', async () => {
    await look(true);
    await look(true);
    expect(await open()).toMatchObject([{ key: 'retrain:proposal', times: 2 }]);
    await look(false);
    expect(await open()).toEqual([]);
    await look(false);
    const events = await database.stores.outbox.list({ limit: 1000 });
    const topics = events.filter((event) => event.subject === name).map(({ topic }) => topic);
    expect(topics).toEqual(['alert.opened', 'alert.resolved']);
  });
});

describe('a retraining that a policy starts', () => {
  it('is of the model that answers at the endpoint, whatever its name', async () => {
    const { stores } = database;
    const [model, endpoint] = [`${name}-model`, `${name}-live`];
    await stores.datasets.create(model);
    const manifest = {
      ...{ parent: null, rows: 100, bytes: 1, segments: [] },
      ...{ schema: { columns: [{ name: 'y', type: 'number', role: 'numeric', nullable: false }] } },
      lineage: { format: 'csv' },
    } as unknown as DatasetManifest;
    const profile = { rows: 100, columns: [] };
    await stores.datasets.addVersion(model, { manifestId: 'a'.repeat(64), manifest, profile });
    await stores.models.ensure({ name: model, task: 'regression', target: 'y', dataset: model });
    await stores.endpoints.create({ name: endpoint, model, target: 'y', task: 'regression' });
    const policy = { mode: 'auto', on: ['drift'], minLabels: 10, cooldownHours: 0, checkEveryMinutes: 60 };
    await stores.endpoints.setPolicy(endpoint, policy);
    const signals = {
      drift: { fired: true, says: 'Column x drifted.' },
      performance: { fired: false, says: 'Quiet.' },
    };
    const fresh = { sha256: 'f'.repeat(64), rows: 5000, corrected: 0 };
    const output = { report: null, raised: [], resolved: [], fresh, signals } as unknown as MonitorOutput;
    const input = { endpoint, gather: { until: '2026-01-01T00:00:00Z' } } as unknown as MonitorInput;
    const look = () => followPolicy(database, input, output, Date.now());
    const { pipelineRun } = await look();
    expect(pipelineRun?.request).toMatchObject({
      kind: 'retrain',
      name: endpoint,
      endpoint,
      model,
      by: 'policy',
    });
    // One training of a model at a time: the next look decides again.
    expect((await look()).pipelineRun).toBeNull();
  });
});
