import { describe, expect, it } from 'vitest';
import { isoTime, seededRandom } from '../../kernel/index.ts';
import type { Alert, Label, MonitorReport } from '../../metadata/index.ts';
import { referenceOf, type ScoredRow } from '../../testing/reference-profile.builder.ts';
import type { CallCount, PredictionRecord } from '../serve/index.ts';
import { monitorEndpoint } from './monitor-endpoint.ts';
import type { MonitoredModel, MonitorPorts } from './ports.ts';

const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Rows whose score is the true probability of Yes, unless `lie` turns it round. */
function rowsOf(count: number, seed: number, shift = 0): ScoredRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const usage = random() + shift;
    const score = Math.min(0.99, Math.max(0.01, usage * usage));
    return {
      row: { usage, plan: random() < 0.4 ? 'basic' : 'full' },
      score,
      value: score >= 0.5 ? 'Yes' : 'No',
    };
  });
}

const MODEL: MonitoredModel = {
  name: 'churn',
  version: 2,
  task: 'binary',
  classes: ['No', 'Yes'],
  threshold: 0.5,
  profile: referenceOf(rowsOf(3000, 1)),
  holdout: { value: 0.89, low: 0.87, high: 0.91 },
  reliability: null,
};

function recordsOf(rows: readonly ScoredRow[], hoursAgo: number, version = 2, now = NOW): PredictionRecord[] {
  return rows.map(({ row, score, value }, i) => ({
    id: `p_${hoursAgo}_${version}_${i}`,
    ts: isoTime(now - hoursAgo * HOUR + i),
    model: 'churn',
    version,
    row,
    value: value!,
    score,
    probabilities: { No: 1 - score, Yes: score },
    latencyUs: 50,
  }));
}

/** What really happened, told a day later: Yes with the stated probability, or without regard to it. */
function labelsOf(records: readonly PredictionRecord[], seed: number, lie = false): Label[] {
  const random = seededRandom(seed);
  return records.map(({ id, ts, score }) => ({
    endpoint: 'churn',
    predictionId: id,
    value: random() < (lie ? 0.4 : score) ? 'Yes' : 'No',
    observedAt: isoTime(Date.parse(ts) + 24 * HOUR),
    arrivedAt: isoTime(Date.parse(ts) + 24 * HOUR),
    source: 'test',
  }));
}

function world(records: PredictionRecord[], labels: Label[] = [], calls: CallCount[] = []) {
  const clock = { at: NOW, now: () => clock.at };
  const reports: MonitorReport[] = [];
  const alerts: Alert[] = [];
  const open = (key: string, version: number | null = null) =>
    alerts.find((alert) => alert.key === key && alert.version === version && alert.state === 'open');
  const ports: MonitorPorts = {
    models: { current: async () => MODEL },
    log: {
      async *read(_, { from = 0, to = Number.POSITIVE_INFINITY }) {
        const inside = records.filter(({ ts }) => Date.parse(ts) >= from && Date.parse(ts) < to);
        for (let i = 0; i < inside.length; i += 100) yield inside.slice(i, i + 100);
      },
    },
    calls: {
      async *calls(_, { from = 0, to = Number.POSITIVE_INFINITY }) {
        yield* calls.filter(({ ts }) => Date.parse(ts) >= from && Date.parse(ts) < to);
      },
    },
    labels: {
      async *pages() {
        for (let i = 0; i < labels.length; i += 100) yield labels.slice(i, i + 100);
      },
    },
    reports: {
      async add(report) {
        const stored = {
          deployment: null,
          ...report,
          id: `rep_${reports.length}`,
          createdAt: isoTime(clock.at),
        };
        reports.unshift(JSON.parse(JSON.stringify(stored)) as MonitorReport);
        return stored;
      },
      list: async (_, { kind, deployment, windowEndedBy, limit } = {}) =>
        reports
          .filter((one) => kind === undefined || one.kind === kind)
          .filter((one) => deployment === undefined || one.deployment === deployment)
          .filter((one) => windowEndedBy === undefined || one.windowEnd <= windowEndedBy)
          .slice(0, limit),
    },
    alerts: {
      async raise(alert) {
        const at = isoTime(clock.at);
        const found = open(alert.key, alert.version);
        if (found !== undefined) {
          const seen = { times: found.times + 1, lastSeenAt: at };
          return { alert: Object.assign(found, alert, seen), opened: false };
        }
        const made: Alert = {
          version: null,
          resolution: null,
          ...alert,
          id: `alr_${alerts.length}`,
          state: 'open',
          times: 1,
          firstSeenAt: at,
          lastSeenAt: at,
          resolvedAt: null,
        };
        alerts.push(made);
        return { alert: made, opened: true };
      },
      async resolve(_, key, { version, reason } = {}) {
        const found = open(key, version);
        return found && Object.assign(found, { state: 'resolved' as const, resolution: reason ?? null });
      },
      list: async () => alerts.filter(({ state }) => state === 'open'),
    },
    clock,
  };
  return { ports, reports, alerts, clock };
}

const look = (ports: MonitorPorts) => monitorEndpoint({ endpoint: 'churn' }, ports);

describe('a window of traffic like the training data', () => {
  const { ports, reports, alerts } = world(recordsOf(rowsOf(600, 2), 5));

  it('is reported, stored and raises nothing', async () => {
    const { report, signals } = await look(ports);
    expect(report).toMatchObject({ endpoint: 'churn', version: 2, drifted: false, window: { rows: 600 } });
    expect(report.columns.map(({ name }) => name).sort()).toEqual(['plan', 'usage']);
    expect(report.scores.map(({ name }) => name)).toEqual(['score', 'predicted class']);
    expect(signals.drift.fired).toBe(false);
    expect(alerts).toEqual([]);
    expect(reports[0]!.report).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it('says that there are no labels, and what quality the probabilities promise', async () => {
    const { performance } = (await look(ports)).report;
    expect(performance.realised).toMatchObject({ enough: false, labelled: 0, primary: null });
    expect(performance.realised.says).toBe(
      'Not enough labels: 0 of 600 predictions (0 %) are labelled; 100 are needed.',
    );
    expect(performance.estimated!.says).toMatch(
      /^Without labels: estimated accuracy 0\.\d+, estimated ROC AUC 0\.\d+/,
    );
  });
});

describe('alerts', () => {
  it('open once, are refreshed, and resolve after two clean windows that do not overlap', async () => {
    const records = recordsOf(rowsOf(600, 3, 0.4), 5);
    const { ports, alerts, clock } = world(records);
    const first = await look(ports);
    expect(first.signals.drift.fired).toBe(true);
    expect(first.alerts.opened.map(({ key }) => key)).toContain('drift:column:usage');
    const again = await look(ports);
    expect(again.alerts.opened).toEqual([]);
    expect(again.alerts.refreshed).toHaveLength(first.alerts.opened.length);

    const nextDay = async (seed: number, shift = 0) => {
      clock.at += DAY;
      records.push(...recordsOf(rowsOf(600, seed, shift), 5, 2, clock.at));
      return look(ports);
    };
    expect((await nextDay(4)).alerts.resolved).toEqual([]);
    clock.at += HOUR;
    expect((await look(ports)).alerts.resolved).toEqual([]);
    clock.at -= HOUR;
    expect((await nextDay(5)).alerts.resolved).toHaveLength(first.alerts.opened.length);
    expect(alerts.every(({ state }) => state === 'resolved')).toBe(true);
    expect(alerts[0]!.resolution).toMatch(/^It was not found in 2 windows one after the other, up to 2026/);
  });

  it('stay open where a window between two clean ones called for them', async () => {
    const records = recordsOf(rowsOf(600, 3, 0.4), 5);
    const { ports, alerts, clock } = world(records);
    await look(ports);
    for (const [seed, shift] of [
      [4, 0],
      [6, 0.4],
      [7, 0],
    ] as const) {
      clock.at += DAY;
      records.push(...recordsOf(rowsOf(600, seed, shift), 5, 2, clock.at));
      expect((await look(ports)).alerts.resolved).toEqual([]);
    }
    expect(alerts.every(({ state }) => state === 'open')).toBe(true);
  });

  it('are of a version: those of another one are left alone, and its own are opened', async () => {
    const records = recordsOf(rowsOf(600, 3, 0.4), 5);
    const { ports, alerts, clock } = world(records);
    const { opened } = (await look(ports)).alerts;
    const next = { ...MODEL, version: 3, deployment: 'ffff' };
    ports.models.current = async () => next;
    for (const seed of [21, 22]) {
      clock.at += DAY;
      records.push(...recordsOf(rowsOf(600, seed), 5, 3, clock.at));
      expect((await look(ports)).alerts.resolved).toEqual([]);
    }
    clock.at += DAY;
    records.push(...recordsOf(rowsOf(600, 23, 0.4), 5, 3, clock.at));
    expect((await look(ports)).alerts.opened.map(({ version }) => version)).toContain(3);
    expect(alerts.filter(({ version }) => version === 2)).toHaveLength(opened.length);
    expect(alerts.every(({ state }) => state === 'open')).toBe(true);
  });

  it('are neither raised nor resolved by a window that is too small to tell', async () => {
    const records = recordsOf(rowsOf(600, 3, 0.4), 5);
    const { ports, alerts } = world(records);
    await look(ports);
    records.splice(0, records.length, ...recordsOf(rowsOf(100, 5), 5));
    await look(ports);
    await look(ports);
    expect(alerts.every(({ state }) => state === 'open')).toBe(true);
    const small = world(recordsOf(rowsOf(100, 6, 0.4), 5));
    const { report, signals } = await look(small.ports);
    expect(report.drifted).toBe(true);
    expect(signals.drift.fired).toBe(false);
    expect(small.alerts).toEqual([]);
  });
});

describe('labels that come in late', () => {
  const records = recordsOf(rowsOf(1000, 7), 30);

  it('give quality with interval, coverage and delay, beside the hold-out', async () => {
    const { report } = await look(world(records, labelsOf(records.slice(0, 400), 8)).ports);
    const { realised, estimated } = report.performance;
    expect(realised).toMatchObject({ labelled: 400, coverage: 0.4, metric: 'roc-auc', degraded: false });
    expect(realised.medianDelaySeconds).toBe(86_400);
    expect(realised.says).toMatch(
      /^ROC AUC is 0\.\d\d on 400 labelled predictions, 0\.89 on the hold-out: no measure is significantly worse\. 400 of 1000 predictions made on 2026-05-30 \(40 %\) are labelled; labels arrived after 1\.0 days \(median\), 1\.0 days \(90th percentile\)\.$/,
    );
    expect(estimated).toMatchObject({ trusted: true });
    expect(estimated!.rocAuc!).toBeGreaterThan(realised.primary!.low);
    expect(estimated!.rocAuc!).toBeLessThan(realised.primary!.high);
  });

  it('raise a critical alert when the model is wrong, which no column shows, and unmask the estimate', async () => {
    const { ports, alerts } = world(records, labelsOf(records, 9, true));
    const { report, signals } = await look(ports);
    expect(report.drifted).toBe(false);
    expect(signals.performance.fired).toBe(true);
    expect(alerts).toMatchObject([
      { key: 'performance', severity: 'critical' },
      { key: 'performance:estimate', severity: 'warning' },
    ]);
    expect(report.performance.estimated).toMatchObject({ trusted: false });
    expect(report.says).toContain('Performance has fallen');
  });

  it('of a class that the model does not know count as wrong, are named, and raise an alert', async () => {
    const odd = labelsOf(records.slice(0, 300), 10).map((label, i) =>
      i < 50 ? { ...label, value: 'Maybe' } : label,
    );
    const { ports, alerts } = world(records, odd);
    const { realised } = (await look(ports)).report.performance;
    expect(realised).toMatchObject({ labelled: 300, unknownLabels: 50 });
    const known = records.slice(50, 300).filter(({ value }, i) => value === odd[i + 50]!.value).length;
    expect(realised.metrics.accuracy).toBeCloseTo(known / 300, 12);
    const message = '50 labels (17 %) are of a class the model does not know: Maybe.';
    expect(alerts).toContainEqual(expect.objectContaining({ severity: 'warning', message }));
  });
});

it('evaluates labels of predictions that lie before the window, also where there is no newer traffic', async () => {
  const old = recordsOf(rowsOf(600, 15), 24 * 45);
  const { ports, alerts } = world(old, labelsOf(old, 16, true));
  const { report, signals } = await look(ports);
  expect(report.window.rows).toBe(0);
  expect(report.performance.realised).toMatchObject({ labelled: 600, degraded: true });
  expect(signals.performance.fired).toBe(true);
  expect(signals.performance.says).toMatch(
    /^ROC AUC is 0\.\d\d on 600 labelled predictions, lower than the 0\.89/,
  );
  expect(alerts).toMatchObject([{ key: 'performance' }]);
});

it('leaves out what other versions answered, and counts it', async () => {
  const { ports } = world([...recordsOf(rowsOf(300, 11), 5), ...recordsOf(rowsOf(50, 12), 4, 1)]);
  expect((await look(ports)).report.window).toMatchObject({ rows: 300, otherVersions: 50 });
});

it('widens a window with few rows to a week and a month, unless it was told where to begin', async () => {
  const { ports } = world([...recordsOf(rowsOf(50, 13), 5), ...recordsOf(rowsOf(300, 14), 24 * 10)]);
  expect((await look(ports)).report.window.rows).toBe(350);
  const told = await monitorEndpoint({ endpoint: 'churn', window: { from: NOW - 24 * HOUR } }, ports);
  expect(told.report.window.rows).toBe(50);
});

it('refuses a window without traffic', async () => {
  await expect(look(world([]).ports)).rejects.toMatchObject({ code: 'monitor.no-traffic' });
});

describe('a report over chosen dates', () => {
  it('opens no alert and closes none, however often, and is no report before of any other', async () => {
    const { ports, alerts, reports, clock } = world([
      ...recordsOf(rowsOf(600, 2), 24 * 20),
      ...recordsOf(rowsOf(600, 3, 0.4), 5),
    ]);
    const { opened } = (await look(ports)).alerts;
    expect(opened.length).toBeGreaterThan(0);
    const window = { from: NOW - 21 * DAY, to: NOW - 19 * DAY };
    for (let times = 0; times < 3; times++) {
      clock.at += HOUR;
      const past = await monitorEndpoint({ endpoint: 'churn', window }, ports);
      expect(past).toMatchObject({
        report: { chosenDates: true, drifted: false, window: { rows: 600 } },
        alerts: { opened: [], refreshed: [], resolved: [] },
        signals: { drift: { fired: false }, performance: { fired: false } },
      });
    }
    const drifted = { from: NOW - DAY, to: NOW };
    const present = await monitorEndpoint({ endpoint: 'churn', window: drifted }, ports);
    expect(present.report.drifted).toBe(true);
    expect(present.signals.drift.fired).toBe(false);
    expect(alerts.map(({ state, times }) => ({ state, times }))).toEqual(
      opened.map(() => ({ state: 'open', times: 1 })),
    );
    expect(reports.map(({ kind }) => kind)).toEqual([...Array(4).fill('chosen-dates'), 'window']);
  });
});

describe('a version is told by more than its number', () => {
  const deployed = (records: PredictionRecord[], deployment: string) =>
    records.map((record) => ({ ...record, deployment }));

  it('predictions of another model, and of an endpoint of that name that was deleted, are left out', async () => {
    const { ports } = world([
      ...deployed(recordsOf(rowsOf(300, 31), 9), 'aaaa'),
      ...deployed(recordsOf(rowsOf(250, 32), 8), 'bbbb'),
      ...recordsOf(rowsOf(70, 33), 7).map((record) => ({ ...record, model: 'another' })),
    ]);
    ports.models.current = async () => ({ ...MODEL, deployment: 'bbbb' });
    expect((await look(ports)).report.window).toMatchObject({ rows: 250, otherVersions: 370 });
  });

  it('those of the same version deployed again count, and those from before deployments were logged', async () => {
    const { ports } = world([
      ...deployed(recordsOf(rowsOf(100, 34), 9), 'bbbb'),
      ...recordsOf(rowsOf(100, 35), 8),
      ...deployed(recordsOf(rowsOf(100, 36), 7), 'bbbb'),
    ]);
    ports.models.current = async () => ({ ...MODEL, deployment: 'bbbb' });
    expect((await look(ports)).report.window).toMatchObject({ rows: 300, otherVersions: 0 });
  });
});

describe('refused calls', () => {
  const call = (
    hoursAgo: number,
    count: number,
    refused?: CallCount['refused'],
    version: number | null = 2,
  ) => ({
    ts: isoTime(NOW - hoursAgo * HOUR),
    version,
    count,
    ...(refused && { refused }),
  });
  const noTenure = { code: 'predict.missing-column', column: 'tenure' };
  const records = () => recordsOf(rowsOf(300, 41), 5);

  it('raise a data quality alert with count, share, column and reason', async () => {
    const { ports, alerts } = world(
      records(),
      [],
      [
        call(6, 300),
        call(5, 200, noTenure),
        call(4, 12, noTenure),
        call(4, 3, { code: 'request.bad-json', column: null }, null),
        call(4, 900, noTenure, 1),
      ],
    );
    const { report } = await look(ports);
    expect(report.calls).toMatchObject({
      answered: 300,
      refused: 215,
      refusals: [
        { ...noTenure, count: 212 },
        { code: 'request.bad-json', count: 3 },
      ],
    });
    expect(alerts).toMatchObject([
      {
        key: 'refused:predict.missing-column:tenure',
        version: 2,
        severity: 'warning',
        message:
          '212 calls were refused: tenure is null or absent; 41 % of the 515 calls since 2026-05-31 00:00 UTC.',
      },
    ]);
  });

  it('raise it also where nothing was answered, and it closes when they stop', async () => {
    const calls = [call(5, 40, noTenure)];
    const { ports, alerts, clock } = world([], [], calls);
    const monitor = (lastEnd: number) => monitorEndpoint({ endpoint: 'churn', lastEnd }, ports);
    const { report } = await look(ports);
    expect(report).toMatchObject({ drifted: false, columns: [], window: { rows: 0 } });
    expect(alerts).toMatchObject([{ severity: 'critical', state: 'open' }]);

    clock.at += HOUR;
    calls.push(call(-0.5, 4, noTenure), call(-0.5, 30));
    await monitor(NOW);
    expect(alerts).toMatchObject([{ state: 'open', times: 2 }]);

    clock.at += HOUR;
    await monitor(NOW + HOUR);
    expect(alerts).toMatchObject([{ state: 'open', times: 2 }]);
    calls.push(call(-1.5, 25));
    await monitor(NOW + HOUR);
    expect(alerts).toMatchObject([{ state: 'resolved', times: 2 }]);
    expect(alerts[0]!.resolution).toContain('25 were answered');
  });

  it('raise none where they are few', async () => {
    const few = world(records(), [], [call(6, 300), call(5, 4, noTenure)]);
    const small = world(records(), [], [call(6, 3000), call(5, 20, noTenure)]);
    await look(few.ports);
    await look(small.ports);
    expect([...few.alerts, ...small.alerts]).toEqual([]);
  });
});
