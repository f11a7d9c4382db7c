import { type FailureCode, fail, failureData } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pgliteUnderTest } from '../adapters/database/pglite-under-test.ts';
import type { Database, ObjectStore } from '../metadata/index.ts';
import type { RolloutState } from '../stages/deploy/index.ts';
import type { DatabaseUnderTest } from '../testing/contracts/database/database-under-test.ts';
import { version } from '../testing/contracts/database/samples.ts';
import {
  afterFailedMonitor,
  afterMonitor,
  callsForPolicy,
  closeAborted,
  closeReplaced,
  type MonitorInput,
  type MonitorOutput,
  monitoringView,
  nextRunAt,
  setMonitoring,
  startMonitor,
  tryPolicy,
} from '../workflows/index.ts';
import { watchEndpoints } from './watch-endpoints.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let subject: DatabaseUnderTest;
let database: Database;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  database = subject.database;
});
afterAll(() => subject.dispose());

const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at };
const errors: unknown[] = [];
let name: string;
let names = 0;
/** The endpoint whose labels cannot be read, so that no run of it can be queued. */
let brokenFor = '';

beforeEach(async () => {
  clock.at = Date.now();
  errors.length = 0;
  brokenFor = '';
  for (const { name: former } of await database.stores.endpoints.list())
    await database.stores.endpoints.remove(former);
  name = await servedEndpoint();
});

async function servedEndpoint(dataset: string | null = 'shop'): Promise<string> {
  const called = `looked-at-${++names}`;
  const { models, endpoints } = database.stores;
  await models.ensure({ name: called, task: 'regression', target: 'y', dataset });
  await models.addVersion(called, version);
  await endpoints.create({ name: called, model: called, target: 'y', task: 'regression' });
  await serve(called, 1);
  return called;
}

function serve(endpoint: string, modelVersion: number) {
  const revision = { modelVersion, bundleId: `${modelVersion}`.repeat(64), spec: null, by: 'anna' };
  return database.stores.endpoints.addRevision(endpoint, { ...revision, reason: 'deploy' });
}

function watch(): Promise<number> {
  const { labels } = database.stores;
  const count: typeof labels.count = (endpoint, filter) => {
    if (endpoint === brokenFor) throw fail('storage.full');
    return labels.count(endpoint, filter);
  };
  return watchEndpoints({
    database: {
      ...database,
      stores: { ...database.stores, labels: { ...labels, count } },
      transaction: (work) => database.transaction(work),
    },
    objects: {} as ObjectStore,
    clock,
    onError: (error) => errors.push(error),
  });
}

const openAlerts = () => database.stores.alerts.list({ endpoint: name, state: 'open' });
const NOTHING: MonitorOutput = { report: null, raised: [], resolved: [], signals: null, fresh: null };

/** The run under way ends: with nothing new, or with a failure. */
async function end(outcome: 'idle' | FailureCode): Promise<void> {
  const job = (await database.stores.jobs.claim({ instance: 'i', worker: 'w' }, ['monitor'], HOUR))!;
  const input = job.input as MonitorInput;
  await database.transaction(async (stores) => {
    if (outcome === 'idle') {
      await stores.jobs.complete(job.id, job.token, NOTHING);
      await afterMonitor(stores, input, NOTHING, clock.now());
    } else {
      const failure = failureData(fail(outcome, { name }));
      await stores.jobs.fail(job.id, job.token, failure);
      await afterFailedMonitor(stores, input, failure, clock.now());
    }
  });
}

describe('an endpoint is monitored without being asked', () => {
  it('every hour from the time it was made, whatever its policy of retraining says', async () => {
    expect((await database.stores.endpoints.get(name)).policy).toBeNull();
    expect(await watch()).toBe(0);
    clock.at += HOUR + MINUTE;
    expect(await watch()).toBe(1);
    clock.at += 2 * HOUR;
    expect(await watch()).toBe(0); // the run is still under way
    await end('idle');
    clock.at += MINUTE;
    expect(await watch()).toBe(1);
    await end('idle');
    clock.at += 59 * MINUTE;
    expect(await watch()).toBe(0);
    clock.at += MINUTE;
    expect(await watch()).toBe(1);
    await end('idle');
    expect(await openAlerts()).toEqual([]);
  });

  it('as often as it was set, and not at all where it was switched off', async () => {
    const set = (settings: { enabled: boolean; everyMinutes: number }) =>
      setMonitoring(database.stores, { name, settings, by: 'anna' });
    expect(await set({ enabled: true, everyMinutes: 5 })).toBe(true);
    expect(await set({ enabled: true, everyMinutes: 5 })).toBe(false);
    clock.at += 6 * MINUTE;
    expect(await watch()).toBe(1);
    await end('idle');
    await set({ enabled: false, everyMinutes: 5 });
    clock.at += 48 * HOUR;
    expect(await watch()).toBe(0);
    const { nextRunAt: next, says } = await view();
    expect({ next, says }).toEqual({ next: null, says: 'Monitoring is switched off.' });
  });

  it('but not while it is paused, nor where its model has no reference', async () => {
    const imported = await servedEndpoint(null);
    await database.stores.endpoints.setPaused(name, true);
    clock.at += 2 * HOUR;
    expect(await watch()).toBe(0);
    expect(await view()).toMatchObject({ nextRunAt: null });
    expect(await database.stores.alerts.list({ endpoint: imported, state: 'open' })).toEqual([]);
    await database.stores.endpoints.setPaused(name, false);
    expect(await watch()).toBe(1);
    await end('idle');
  });
});

const view = async () => monitoringView(database.stores, await database.stores.endpoints.get(name));

describe('a run that fails', () => {
  it('is one alert that counts, is tried again after 1, 2, 4 hours and so on, and closes when one works', async () => {
    clock.at += HOUR + MINUTE;
    for (const [failures, hours] of [
      [1, 1],
      [2, 2],
      [3, 4],
      [4, 8],
      [5, 16],
      [6, 24],
      [7, 24],
    ] as const) {
      expect(await watch()).toBe(1);
      await end('internal');
      expect(await openAlerts()).toMatchObject([
        { key: 'monitoring:failed', times: failures, evidence: { failures } },
      ]);
      clock.at += hours * HOUR - MINUTE;
      expect(await watch()).toBe(0);
      clock.at += MINUTE;
    }
    const [alert] = await openAlerts();
    expect(alert!.severity).toBe('critical');
    expect(alert!.message).toMatch(/^Monitoring failed 7 times in a row: .+ The next attempt is at 20.+Z;/);
    expect(await view()).toMatchObject({ lastRun: { outcome: 'failed', failures: 7 } });
    expect(await watch()).toBe(1);
    await end('idle');
    expect(await openAlerts()).toEqual([]);
    const [closed] = await database.stores.alerts.list({ endpoint: name, state: 'resolved' });
    expect(closed).toMatchObject({ times: 7, resolution: 'Monitoring works again.' });
    const told = (await database.stores.outbox.list({ limit: 1000 })).filter(
      ({ subject: of }) => of === name,
    );
    expect(told.map(({ topic }) => topic)).toEqual(['alert.opened', 'alert.resolved']);
    clock.at += HOUR;
    expect(await watch()).toBe(1);
    await end('idle');
  });

  it('is none where nothing was answered', async () => {
    clock.at += 2 * HOUR;
    expect(await watch()).toBe(1);
    await end('monitor.no-traffic');
    expect(await openAlerts()).toEqual([]);
    expect(await view()).toMatchObject({ lastRun: { outcome: 'idle', failures: 0 } });
  });

  it('because it could not be queued is told too, and holds up no other endpoint', async () => {
    const other = await servedEndpoint();
    clock.at += 2 * HOUR;
    brokenFor = name;
    expect(await watch()).toBe(1);
    expect(await openAlerts()).toMatchObject([{ key: 'monitoring:failed', times: 1 }]);
    expect(await watch()).toBe(0);
    await end('idle');
    expect(await database.stores.alerts.list({ endpoint: other, state: 'open' })).toEqual([]);
    brokenFor = '';
    clock.at += HOUR;
    expect(await watch()).toBe(2);
    await end('idle');
    await end('idle');
    expect(await openAlerts()).toEqual([]);
  });

  it('over chosen dates is told to its caller alone', async () => {
    const input = { endpoint: name, window: { from: 0, to: 1 } } as MonitorInput;
    const failure = failureData(fail('internal'));
    await afterFailedMonitor(database.stores, input, failure, clock.now());
    expect(await openAlerts()).toEqual([]);
  });
});

describe('what a run found', () => {
  const raised = {
    endpoint: '',
    key: 'drift:column:x',
    severity: 'warning',
    message: 'm',
    evidence: null,
  } as const;
  const report = (kind: string) => ({
    endpoint: name,
    kind,
    windowStart: new Date(clock.at - HOUR).toISOString(),
    windowEnd: new Date(clock.at).toISOString(),
    report: { says: 'Drift.' },
  });

  it('of a version that was replaced meanwhile opens no alert', async () => {
    clock.at += 2 * HOUR;
    await watch();
    const job = (await database.stores.jobs.claim({ instance: 'i', worker: 'w' }, ['monitor'], HOUR))!;
    const input = job.input as MonitorInput;
    const output = {
      ...NOTHING,
      report: report('window'),
      raised: [{ ...raised, endpoint: name, version: 1 }],
    };
    await serve(name, 2);
    await afterMonitor(database.stores, input, output, clock.now());
    expect(await openAlerts()).toEqual([]);
    expect(await callsForPolicy(database.stores, input, output)).toBe(false);
    await serve(name, 1); // the same version once more
    await afterMonitor(database.stores, input, output, clock.now());
    expect(await openAlerts()).toMatchObject([{ version: 1 }]);
    expect(await callsForPolicy(database.stores, input, output)).toBe(true);
    await database.stores.jobs.complete(job.id, job.token, NOTHING);
  });

  it('over chosen dates is kept, and calls for nothing', async () => {
    const ports = { stores: database.stores, objects: {} as ObjectStore, clock };
    const window = { from: clock.at - HOUR, to: clock.at };
    const { input } = await startMonitor(ports, { endpoint: name, window });
    const output = { ...NOTHING, report: report('chosen-dates') };
    await afterMonitor(database.stores, input as MonitorInput, output, clock.now());
    expect(await callsForPolicy(database.stores, input as MonitorInput, output)).toBe(false);
    expect(await database.stores.reports.list(name)).toMatchObject([{ kind: 'chosen-dates' }]);
    expect(await database.stores.monitoringRuns.find(name)).toBeUndefined();
    await end('idle');
  });
});

describe('a policy that cannot be followed', () => {
  const input = () => ({ endpoint: name, gather: null, window: null }) as unknown as MonitorInput;
  const output = { ...NOTHING, signals: null };
  const fails = async (): Promise<never> => {
    throw fail('storage.full');
  };
  const follow = (isBroken: boolean) => {
    const { runs } = database.stores;
    const stores = isBroken ? { ...database.stores, runs: { ...runs, list: fails } } : database.stores;
    const transaction: Database['transaction'] = (work) => database.transaction(work);
    return tryPolicy({ ...database, stores, transaction }, input(), output, clock.now());
  };

  it('is one alert, tried again after 1, 2, 4 hours and so on, and closes when it can be', async () => {
    await database.stores.endpoints.setPolicy(name, { mode: 'auto' });
    for (const [times, hours] of [
      [1, 1],
      [2, 2],
      [3, 4],
    ] as const) {
      expect(await follow(true)).toMatchObject({ code: 'storage.full' });
      expect(await openAlerts()).toMatchObject([{ key: 'retrain:not-started', times }]);
      clock.at += hours * HOUR - MINUTE;
      expect(await follow(true)).toBeUndefined();
      clock.at += MINUTE;
    }
    expect((await openAlerts())[0]!.message).toMatch(
      /^Automatic retraining could not start, 3 times in a row: .+ after 20.+Z\.$/,
    );
    expect(await follow(false)).toBeUndefined();
    expect(await openAlerts()).toEqual([]);
  });
});

describe('alerts of a version close when it is replaced', () => {
  const raise = (version: number | null) =>
    database.stores.alerts.raise({
      endpoint: name,
      key: 'drift:column:x',
      version,
      severity: 'warning',
      message: 'm',
      evidence: null,
    });

  it('with the reason, and the others stay', async () => {
    for (const version of [1, 2, null]) await raise(version);
    await closeReplaced(database.stores, name, { modelVersion: 2, reason: 'promote' });
    expect((await openAlerts()).map(({ version }) => version).sort()).toEqual([2, null]);
    const [closed] = await database.stores.alerts.list({ endpoint: name, state: 'resolved' });
    expect(closed).toMatchObject({
      version: 1,
      resolution: 'Version 1 was replaced by version 2 (promote).',
    });
  });

  it('and those of a version whose rollout was aborted', async () => {
    for (const version of [1, 2]) await raise(version);
    const rollout = { version: 2, former: { version: 1 } } as RolloutState;
    await closeAborted(database.stores, name, rollout);
    expect(await openAlerts()).toMatchObject([{ version: 1 }]);
  });
});

it('the wait after failures doubles, up to a day or the interval of the schedule', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const hours = (everyMinutes: number, failures: number) => {
    const endpoint = { monitoring: { enabled: true, everyMinutes }, createdAt: at };
    return (nextRunAt(endpoint, { startedAt: at, endedAt: at, failures }) - Date.parse(at)) / HOUR;
  };
  expect([1, 2, 3, 40].map((failures) => hours(60, failures))).toEqual([1, 2, 4, 24]);
  expect([1, 5].map((failures) => hours(3 * 24 * 60, failures))).toEqual([72, 72]);
});
