import { describe, expect, it } from 'vitest';
import { isoTime, seededRandom } from '../../../kernel/index.ts';
import type { Label } from '../../../metadata/index.ts';
import type { PredictionRecord } from '../../serve/index.ts';
import type { MonitoredModel } from '../ports.ts';
import { labelledPeriod } from './labelled-period.ts';
import { newestLabels } from './newest-labels.ts';

const NOW = Date.UTC(2026, 5, 30, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MODEL = {
  name: 'churn',
  version: 2,
  task: 'binary',
  classes: ['No', 'Yes'],
} as unknown as MonitoredModel;

function record(id: string, madeAt: number, version = 2): PredictionRecord {
  const answer = { value: 'Yes', score: 0.9, row: {}, latencyUs: 1 };
  return { id, ts: isoTime(madeAt), model: 'churn', version, ...answer };
}

function label(predictionId: string, arrivedAt: number, value = 'Yes'): Label {
  const at = isoTime(arrivedAt);
  return { endpoint: 'churn', predictionId, value, observedAt: at, arrivedAt: at, source: 'test' };
}

/** So many predictions a day, evenly, over the last days. */
function traffic(days: number, perDay: number): PredictionRecord[] {
  return Array.from({ length: days * perDay }, (_, i) => record(`id-${i}`, NOW - ((i + 1) * DAY) / perDay));
}

function ports(records: PredictionRecord[], labels: Label[]) {
  const read: number[] = [];
  const byArrival = labels.toSorted((a, b) => Date.parse(a.arrivedAt) - Date.parse(b.arrivedAt));
  return {
    read,
    log: {
      async *read(_: string, { from = 0, to = Number.POSITIVE_INFINITY }) {
        const inside = records.filter(({ ts }) => Date.parse(ts) >= from && Date.parse(ts) < to);
        read.push(inside.length);
        for (let i = 0; i < inside.length; i += 1000) yield inside.slice(i, i + 1000);
      },
    },
    labels: {
      async *pages() {
        for (let i = 0; i < byArrival.length; i += 100) yield byArrival.slice(i, i + 100);
      },
    },
    clock: { now: () => NOW },
  };
}

const periodOf = (
  records: PredictionRecord[],
  labels: Label[],
  asked: { window?: { from: number; to: number }; days?: number } = {},
) =>
  labelledPeriod(
    { endpoint: 'churn', window: asked.window ?? null, days: asked.days },
    MODEL,
    { minLabels: 100 },
    ports(records, labels),
  );

describe('the predictions that performance is measured over', () => {
  it('are labelled ones however old, though newer ones are not labelled', async () => {
    const old = Array.from({ length: 300 }, (_, i) => record(`old-${i}`, NOW - 20 * DAY + i));
    const labels = old.map(({ id }) => label(id, NOW - HOUR));
    const { labelled, predictions, days } = await periodOf([...old, ...traffic(1, 300)], labels);
    expect(labelled.target).toHaveLength(300);
    expect({ predictions, days }).toEqual({ predictions: 300, days: 1 });
    expect(Math.round(labelled.delaySeconds[0]! / 86_400)).toBe(20);
  });

  it('are those of the shortest period with enough labels', async () => {
    const records = traffic(60, 100);
    const labels = records.map(({ id, ts }) => label(id, Date.parse(ts) + HOUR));
    const { labelled, days } = await periodOf(records, labels);
    expect(days).toBe(7);
    expect(labelled.target.length).toBeCloseTo(700, -1);
    expect((await periodOf(records, labels, { days: 30 })).labelled.target.length).toBeCloseTo(3000, -2);
  });

  it('are not the newest ones while most of their labels are still to come', async () => {
    const random = seededRandom(3);
    const records = traffic(60, 400);
    // Two labels in five come within the hour, the others after 20 days.
    const labels = records
      .map(({ id, ts }) => label(id, Date.parse(ts) + (random() < 0.4 ? HOUR : 20 * DAY)))
      .filter(({ arrivedAt }) => Date.parse(arrivedAt) <= NOW);
    expect((await periodOf(records, labels)).days).toBe(90);
  });

  it('are those of the dates that were asked for', async () => {
    const records = traffic(30, 100);
    const labels = records.map(({ id }) => label(id, NOW - HOUR));
    const window = { from: NOW - 20 * DAY, to: NOW - 10 * DAY };
    const { labelled, made, days } = await periodOf(records, labels, { window });
    expect(labelled.target).toHaveLength(1000);
    expect(days).toBeNull();
    expect(made!.from).toBeGreaterThanOrEqual(window.from);
    expect(made!.to).toBeLessThan(window.to);
  });

  it('are of the version that is monitored', async () => {
    const records = [
      ...traffic(1, 200),
      ...Array.from({ length: 50 }, (_, i) => record(`v1-${i}`, NOW - HOUR, 1)),
    ];
    const { labelled, predictions } = await periodOf(
      records,
      records.map(({ id }) => label(id, NOW)),
    );
    expect({ labelled: labelled.target.length, predictions }).toEqual({ labelled: 200, predictions: 200 });
  });
});

it('a label that claims to be older than its prediction has no negative delay', async () => {
  const { labelled } = await periodOf([record('a', NOW - HOUR)], [label('a', NOW - 2 * HOUR)]);
  expect([...labelled.delaySeconds]).toEqual([0]);
});

it('an id that the log holds twice counts once', async () => {
  const { labelled } = await periodOf([record('a', NOW - HOUR), record('a', NOW - 2)], [label('a', NOW)]);
  expect(labelled.target).toHaveLength(1);
});

it('holds the labels that arrived last, up to a bound', async () => {
  const pages = async function* () {
    for (let page = 0; page < 50; page++)
      yield Array.from({ length: 100 }, (_, i) => label(`${page}-${i}`, NOW - 50_000 + page));
  };
  const { labels } = await newestLabels(pages(), null, NOW, 1000);
  expect(labels.size).toBe(1000);
  expect([...labels.keys()][0]).toBe('40-0');
});

it('reads the log no further back than the labels reach', async () => {
  const records = traffic(60, 100);
  const given = ports(
    records,
    records.slice(0, 150).map(({ id }) => label(id, NOW)),
  );
  await labelledPeriod(
    { endpoint: 'churn', window: null, days: undefined },
    MODEL,
    { minLabels: 100 },
    given,
  );
  expect(given.read.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(300);
});
