import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../metadata/index.ts';
import { migrate } from './migrate.ts';
import { openPglite } from './pglite.ts';
import { startEngine } from './pglite-engine.ts';
import { MIGRATIONS, placeEmptyPglite } from './pglite-under-test.ts';

let scratch: string;
let database: Database;

/** The migrations that a former version had. */
async function firstMigrations(count: number): Promise<string> {
  const folder = join(scratch, `first-${count}`);
  await cp(MIGRATIONS, folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: unknown[] };
  await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return folder;
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-migrations-'));
});
afterAll(async () => {
  await database?.close();
  await rm(scratch, { recursive: true, force: true });
});

/** As the 14 migrations of the version before left it. */
const ROWS = `
  INSERT INTO journeys (id, name, kind, state, request, stages, result, created_at) VALUES
    ('jny_1', 'churn', 'ship', 'done', '{"name":"churn"}', '[]',
      '{"name":"of /journeys/ that stay","console":"http://127.0.0.1:7400/journeys/jny_1","zero":0,"seconds":{"train":1.50}}', now()),
    ('jny_2', 'churn', 'retrain', 'failed', 'null', '[]', 'null', now());
  INSERT INTO jobs (id, kind, state, input, journey_id, max_attempts, created_at) VALUES
    ('job_1', 'candidate', 'done', '{}', 'jny_1', 3, now());
  INSERT INTO alerts (id, endpoint, key, severity, state, message, evidence, first_seen_at, last_seen_at) VALUES
    ('alr_1', 'churn', 'retrain-backoff', 'warning', 'open', 'was not promoted', '{"failures":1,"journey":"jny_2"}', now(), now());
  INSERT INTO outbox_events (topic, subject, payload, created_at) VALUES
    ('alert.opened', 'churn', '{"key":"retrain-backoff","evidence":{"failures":1,"journey":"jny_2"}}', now()),
    ('endpoint.changed', 'churn', 'null', now());
  INSERT INTO api_keys (id, name, "grant", prefix, hash, created_at) VALUES
    ('key_1', 'reader', '{"role":"custom","permissions":["journeys:read","runs:read"]}', 'slip_a', 'a', now()),
    ('key_2', 'owner', '{"role":"owner"}', 'slip_b', 'b', now()),
    ('key_3', 'nothing', '{"role":"custom","permissions":[]}', 'slip_c', 'c', now());
`;

describe('a database of before pipeline runs had their name', () => {
  beforeAll(async () => {
    const folder = join(scratch, 'database');
    await placeEmptyPglite(folder);
    const { pglite } = await startEngine(folder);
    await pglite.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrate(drizzle(pglite), await firstMigrations(14));
    await pglite.exec(ROWS);
    await pglite.close();
    database = await openPglite(folder, { migrations: MIGRATIONS });
  });

  it('keeps its runs, with the address of their page in the console', async () => {
    const { pipelineRuns, jobs } = database.stores;
    const run = await pipelineRuns.get('jny_1');
    expect(run).toMatchObject({ name: 'churn', kind: 'ship', state: 'done', request: { name: 'churn' } });
    expect(JSON.stringify(run.result)).toBe(
      '{"name":"of /journeys/ that stay","console":"http://127.0.0.1:7400/pipeline-runs/jny_1","zero":0,"seconds":{"train":1.5}}',
    );
    expect((await pipelineRuns.get('jny_2')).result).toBeNull();
    expect((await jobs.list({ pipelineRunId: 'jny_1' })).map(({ id }) => id)).toEqual(['job_1']);
    const { id } = await pipelineRuns.create({ name: 'new', kind: 'train', request: null });
    expect(id).toMatch(/^plr_/);
  });

  it('keeps what alerts and events say of them', async () => {
    const evidence = { failures: 1, pipelineRun: 'jny_2' };
    const [alert] = await database.stores.alerts.list({ endpoint: 'churn', limit: 10 });
    expect(alert!.evidence).toEqual(evidence);
    const events = await database.stores.outbox.list();
    expect(events.map(({ payload }) => payload)).toEqual([{ key: 'retrain-backoff', evidence }, null]);
  });

  it('keeps what keys may do', async () => {
    const keys = await database.stores.keys.list();
    expect(new Map(keys.map(({ id, grant }) => [id, grant]))).toEqual(
      new Map([
        ['key_1', { role: 'custom', permissions: ['pipelines:read', 'runs:read'] }],
        ['key_2', { role: 'owner' }],
        ['key_3', { role: 'custom', permissions: [] }],
      ]),
    );
  });
});
