import { isFailure, type ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pgliteUnderTest } from '../../adapters/database/pglite-under-test.ts';
import type { Database } from '../../metadata/index.ts';
import type { DatasetManifest } from '../../stages/ingest/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import type { CandidateInput, PipelineRunRequest } from '../model.ts';
import { type AcceptAsk, acceptRetraining } from './accept-retraining.ts';

let subject: DatabaseUnderTest;
let database: Database;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  database = subject.database;
});
afterAll(() => subject.dispose());

let name: string;
let names = 0;
const idOf = (number: number) => `${names}${number}`.padEnd(64, 'a');

/** A version of the dataset on top of another. */
async function version(number: number, parent: number | null, rows: number): Promise<void> {
  const manifest = {
    ...{ parent: parent === null ? null : idOf(parent), rows, bytes: 1, segments: [] },
    ...{ schema: { columns: [{ name: 'y' }] }, lineage: { format: 'csv' } },
  } as unknown as DatasetManifest;
  await database.stores.datasets.addVersion(name, {
    ...{ manifestId: idOf(number), manifest, profile: { columns: [] } as never },
  });
}

beforeEach(async () => {
  name = `accepted-${++names}`;
  const { models, endpoints, datasets, pipelineRuns } = database.stores;
  await datasets.create(name);
  await version(1, null, 100);
  await version(2, 1, 150);
  await models.ensure({ name, task: 'binary', target: 'y', dataset: name });
  await endpoints.create({ name, model: name, target: 'y', task: 'binary' });
  const ship = { kind: 'ship', name, target: 'y', file: null, budgetSeconds: 9, seed: 1, by: 'anna' };
  const request = { ...ship, ship: { target: 'y', exclude: [] } } as unknown as PipelineRunRequest;
  const { id } = await pipelineRuns.create({ name, kind: 'ship', request });
  await pipelineRuns.end(id, { state: 'done' });
});

/** A retraining by the policy on version 2 that ended so. */
async function retrained(
  closed: string[],
  state: 'refused' | 'done' | 'failed' = 'refused',
): Promise<string> {
  const request = {
    ...{ kind: 'retrain', name, endpoint: name, target: 'y', file: null, reason: 'Drift.', by: 'policy' },
    ...{ budgetSeconds: 7, seed: 3, labelledUntil: '2026-05-01T00:00:00.000Z', recent: { rows: 50 } },
    labelled: { labels: 'l', rows: 50, corrected: 0, manifestId: idOf(1) },
  } as unknown as PipelineRunRequest;
  const { pipelineRuns } = database.stores;
  const { id } = await pipelineRuns.create({ name, kind: 'retrain', request });
  const gates = [...closed, 'baseline'].map((gate) => ({ id: gate, passed: gate === 'baseline', says: '.' }));
  const result = { gates, dataset: { name, version: 2, rows: 150, columns: 1 } } as unknown as ShipResult;
  await pipelineRuns.end(id, { state, ...(state !== 'failed' && { result }) });
  return id;
}

const REASON = 'Prices rose by a tenth.';
const accept = (pipelineRunId: string, more: Partial<AcceptAsk> = {}) =>
  acceptRetraining(database, { pipelineRunId, reason: REASON, by: 'anna', requestId: 'req_1', ...more });

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (isFailure(thrown, 'pipeline-run.not-acceptable')) return String(thrown.details.reason);
  throw thrown ?? new Error('it was accepted');
}

it('trains on the rows that the refused retraining has, with its options, the shift accepted and the reason kept', async () => {
  await version(3, 2, 200); // came later, and nobody judged it
  const refused = await retrained(['label-shift', 'champion']);
  const begun = await accept(refused);
  expect(begun).toMatchObject({ kind: 'retrain', state: 'running', request: { by: 'anna', reason: REASON } });
  expect(begun.request).toMatchObject({ accepts: refused, acceptShift: true, budgetSeconds: 7, seed: 3 });
  expect(begun.request).not.toHaveProperty('labelled');
  expect(begun.stages[0]).toMatchObject({ stage: 'ingest', state: 'skipped' });
  const [job] = await database.stores.jobs.list({ pipelineRunId: begun.id, kind: 'candidate' });
  expect(job!.input as CandidateInput).toMatchObject({
    ...{ datasetVersion: 2, acceptShift: true, acceptance: { by: 'anna', reason: REASON } },
    ...{ recent: { rows: 50 }, isRetraining: true },
  });
  const [entry] = (await database.stores.audit.list({ limit: 1000 }))
    .filter(({ subject: of }) => of === name)
    .slice(-1);
  expect(entry).toMatchObject({
    who: 'anna',
    what: 'pipelineRuns.accept',
    details: { accepts: refused, reason: REASON },
  });

  await database.stores.pipelineRuns.end(begun.id, { state: 'done' });
  expect(await refusalOf(accept(refused))).toBe(`its rows were accepted by ${begun.id} already`);
});

it('takes another budget and other rows where they are asked for', async () => {
  const begun = await accept(await retrained(['input-shift']), { budgetSeconds: 30, recent: null });
  expect(begun.request).toMatchObject({ budgetSeconds: 30 });
  expect(begun.request).not.toHaveProperty('recent');
});

it.each<[string, string[], 'refused' | 'done' | 'failed', RegExp]>([
  [
    'gates that do not compare its rows',
    ['recall>=0.9'],
    'refused',
    /^what is closed does not compare .*: recall>=0\.9$/,
  ],
  ['leakage', ['label-shift', 'leakage'], 'refused', /^gate leakage is closed whatever is accepted/],
  ['a promotion', [], 'done', /^it is done, not refused/],
  ['a failure', [], 'failed', /^it is failed, not refused/],
])('is refused after %s', async (_, closed, state, reason) => {
  expect(await refusalOf(accept(await retrained(closed, state)))).toMatch(reason);
});

it('is refused once the rows were rolled back, and of a ship', async () => {
  const refused = await retrained(['label-shift']);
  const [ship] = await database.stores.pipelineRuns.list({ name, kind: 'ship', limit: 1 });
  expect(await refusalOf(accept(ship!.id))).toBe('it is no retraining');
  await version(4, 1, 100);
  expect(await refusalOf(accept(refused))).toBe(
    `its rows were rolled back: version 2 of ${name} is not in use`,
  );
});
