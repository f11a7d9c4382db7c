import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pgliteUnderTest } from '../../adapters/database/pglite-under-test.ts';
import type { Database, Endpoint } from '../../metadata/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import { followPolicy } from '../complete/after-monitor.ts';
import type { MonitorInput, MonitorOutput, PipelineRunRequest } from '../model.ts';
import { endFailedJob } from '../pipeline-runs/end-failed.ts';
import { pauseHours, raiseBackoff, resetBackoff, retrainingBackoff } from './retraining-backoff.ts';

const HOUR_MS = 3_600_000;

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
  name = `retrained-${++names}`;
  const { models, endpoints } = database.stores;
  await models.ensure({ name, task: 'regression', target: 'y', dataset: name });
  await endpoints.create({ name, model: name, target: 'y', task: 'regression' });
  await setPolicy();
});

const setPolicy = () =>
  database.stores.endpoints.setPolicy(name, {
    ...{ mode: 'auto', on: ['drift'], minLabels: 10, cooldownHours: 24, checkEveryMinutes: 60 },
  });
const endpoint = (): Promise<Endpoint> => database.stores.endpoints.get(name);
const backoff = async () => retrainingBackoff(database.stores, await endpoint());
const alerts = (state: 'open' | 'resolved') => database.stores.alerts.list({ endpoint: name, state });

async function begun(by = 'policy') {
  const request = { kind: 'retrain', name, endpoint: name, by, reason: 'Drift.' } as PipelineRunRequest;
  const { id } = await database.stores.pipelineRuns.create({ name, kind: 'retrain', request });
  return id;
}

const GATES = [
  { id: 'beats-baseline', passed: true, says: 'Better than the baseline.' },
  {
    id: 'champion',
    passed: false,
    says: 'Worse than the champion: r2 0.91 against 0.95 of version 1. If the relation changed, retrain with --accept-shift.',
  },
];

async function refused(by = 'policy') {
  const id = await begun(by);
  const ended = await database.stores.pipelineRuns.end(id, {
    state: 'refused',
    result: { gates: GATES, verdict: 'No.' },
  });
  await raiseBackoff(database.stores, name);
  return ended;
}

async function promoted(by = 'policy', rollout?: string) {
  const id = await begun(by);
  const { pipelineRuns } = database.stores;
  await pipelineRuns.beginStage(id, 'deploy');
  await pipelineRuns.endStage(id, 'deploy', 'done', { facts: rollout === undefined ? {} : { rollout } });
  return pipelineRuns.end(id, { state: 'done', result: { promoted: true, gates: [] } });
}

/** Monitoring that sees drift and 5,000 fresh labels at a moment. */
function monitored(now: number) {
  const drift = { fired: true, says: 'Column x drifted.' };
  const output = { report: null, raised: [], resolved: [], fresh: { sha256: 'f'.repeat(64), rows: 5000 } };
  const signals = { drift, performance: { fired: false, says: 'Quiet.' } };
  const input = { endpoint: name, gather: null } as unknown as MonitorInput;
  return followPolicy(database, input, { ...output, signals } as unknown as MonitorOutput, now);
}

describe('the pause after retrainings that were not promoted', () => {
  it('is the cooldown, doubled each time, between hours and 30 days', () => {
    expect([1, 2, 3, 4, 5, 6].map((failures) => pauseHours(24, failures))).toEqual([
      48, 96, 192, 384, 720, 720,
    ]);
    expect([1, 2].map((failures) => pauseHours(0, failures))).toEqual([2, 4]);
    expect(pauseHours(2000, 1)).toBe(2000);
  });

  it('begins with a refusal, is told in one alert that names the gate, and grows with the next', async () => {
    const first = await refused();
    expect(await backoff()).toMatchObject({
      failures: 1,
      notBefore: Date.parse(first.endedAt!) + 48 * HOUR_MS,
      pipelineRunId: first.id,
    });
    expect(await alerts('open')).toMatchObject([
      {
        key: 'retrain:not-promoted',
        times: 1,
        message: expect.stringMatching(
          /^The result of automatic retraining was not promoted: Gate champion is closed\. Worse than the champion: r2 0\.91 against 0\.95 of version 1\. The next one starts at \d{4}-\d\d-\d\d \d\d:\d\d UTC at the earliest; retrain by hand or set the policy anew to start sooner\. If its rows differ on purpose, accept them: `slipway pipelines accept plr_\w+ --reason "…"`\.$/,
        ),
      },
    ]);
    await raiseBackoff(database.stores, name);
    const second = await refused();
    expect(await backoff()).toMatchObject({
      failures: 2,
      notBefore: Date.parse(second.endedAt!) + 96 * HOUR_MS,
    });
    const open = await alerts('open');
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({ times: 2, message: expect.stringContaining('2 times in a row') });
  });

  it('keeps a policy from retraining however often drift is seen, and ends', async () => {
    const { endedAt } = await refused();
    const at = (hours: number) => Date.parse(endedAt!) + hours * HOUR_MS;
    for (const hours of [0.1, 1, 24, 47.9])
      expect((await monitored(at(hours))).decision).toMatchObject({ retrain: false, rule: 'backoff' });
    expect((await monitored(at(48.1))).decision).toMatchObject({ retrain: true });
    expect(await alerts('open')).toHaveLength(1);
  });

  it('begins with a retraining that failed, and counts one that was cancelled', async () => {
    const id = await begun();
    const job = await database.stores.jobs.enqueue('candidate', { runId: 'none' }, { pipelineRunId: id });
    const failure = {
      code: 'internal',
      kind: 'internal',
      message: 'Something failed inside Slipway.',
    } as never;
    await endFailedJob(database.stores, { ...job, kind: 'ingest' }, failure);
    expect(await alerts('open')).toMatchObject([
      { message: expect.stringContaining('Something failed inside') },
    ]);
    await database.stores.pipelineRuns.end(await begun(), { state: 'cancelled' });
    expect(await backoff()).toMatchObject({ failures: 2, why: 'It was cancelled.' });
  });

  it('counts a candidate that its rollout took back, waits for one that is under way, and forgets after one that was done', async () => {
    const open = await database.stores.rollouts.open(name, { says: 'Version 2 answers 10 %.', version: 2 });
    await promoted('policy', open.id);
    expect(await backoff()).toBeUndefined();
    expect((await monitored(Date.now() + 9e9)).decision).toMatchObject({
      rule: 'rollout',
      says: 'Version 2 is being rolled out. Version 2 answers 10 %.',
    });
    const says = 'Version 2 is worse by errors: 9 of 10 failed.';
    await database.stores.rollouts.save(open.id, { state: 'aborted', document: { says } });
    expect(await backoff()).toMatchObject({ failures: 1, why: `Its rollout ended. ${says}` });
    await monitored(Date.now());
    expect(await alerts('open')).toMatchObject([{ key: 'retrain:not-promoted' }]);
    await promoted();
    expect(await backoff()).toBeUndefined();
  });

  it('ends when another version is promoted or the policy is set anew, and begins again at the least', async () => {
    await refused();
    await refused();
    await resetBackoff(database.stores, name, 'Version 2 was promoted.');
    expect(await backoff()).toBeUndefined();
    expect(await alerts('open')).toEqual([]);
    expect(await alerts('resolved')).toMatchObject([{ resolution: 'Version 2 was promoted.' }]);
    await refused();
    expect(await backoff()).toMatchObject({ failures: 1 });
  });

  it('is of automatic retrainings only: a person may be refused at any time', async () => {
    await refused('anna');
    expect(await backoff()).toBeUndefined();
    expect(await alerts('open')).toEqual([]);
  });
});
