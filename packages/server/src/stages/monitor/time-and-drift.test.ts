import { describe, expect, it } from 'vitest';
import { isoTime, seededRandom } from '../../kernel/index.ts';
import type { Column, Table } from '../ingest/index.ts';
import { buildReferenceProfile, type ReferenceProfile } from '../pack/index.ts';
import type { Preparation } from '../prepare/index.ts';
import { compareWindow } from './compare-window.ts';
import type { ColumnDrift } from './model.ts';
import { windowProfiler } from './window-profile.ts';

const DAY = 86_400_000;
const MONDAY = Date.UTC(2025, 0, 6);
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

type Row = Record<string, string | number>;

/** Rows of one day: on weekends most orders are by phone and small. */
function ordersOf(day: number, count: number, random: () => number): Row[] {
  const weekend = day % 7 >= 5;
  return Array.from({ length: count }, () => {
    const amount = (weekend ? 10 : 40) + random() * 20;
    return {
      date: isoTime(MONDAY + day * DAY),
      day,
      weekday: WEEKDAYS[day % 7]!,
      channel: random() < (weekend ? 0.8 : 0.2) ? 'phone' : 'web',
      amount,
    };
  });
}

/** The reference that shipping the rows makes of some of their columns, with scores that are the amounts. */
function referenceOf(rows: readonly Row[], names: readonly string[], inputs = names): ReferenceProfile {
  const columns = names.map((name) => columnOf(name, rows));
  const table: Table = { rows: rows.length, columns };
  const preparation = {
    inputs: inputs.map((name) => ({
      name,
      type: columns.find((one) => one.name === name)!.type,
      nullable: false,
    })),
    features: [],
    classes: [],
  } as unknown as Preparation;
  const scores = {
    rows: rows.length,
    outputs: 1,
    values: Float64Array.from(rows, ({ amount }) => Number(amount)),
  };
  return buildReferenceProfile({
    ...{ preparation, table, scores },
    decision: { threshold: 0.5 } as Parameters<typeof buildReferenceProfile>[0]['decision'],
    importance: {},
    heldOut: table,
  });
}

function columnOf(name: string, rows: readonly Row[]): Column {
  if (name === 'date') {
    return {
      name,
      type: 'timestamp',
      values: Float64Array.from(rows, (row) => Date.parse(String(row[name]))),
    };
  }
  if (typeof rows[0]![name] === 'number') {
    return { name, type: 'number', values: Float64Array.from(rows, (row) => Number(row[name])) };
  }
  const texts = rows.map((row) => String(row[name]));
  const dictionary = [...new Set(texts)];
  return {
    name,
    type: 'string',
    dictionary,
    codes: Int32Array.from(texts, (text) => dictionary.indexOf(text)),
  };
}

/** Predicted on the day of the row, a second apart. */
function compare(
  reference: ReferenceProfile,
  rows: readonly Row[],
  at = (row: Row) => MONDAY + Number(row.day) * DAY,
) {
  const profiler = windowProfiler(reference);
  const known = new Set(reference.columns.map(({ name }) => name));
  rows.forEach((row, i) => {
    const sent = Object.fromEntries(Object.entries(row).filter(([name]) => known.has(name)));
    const score = Number(row.amount);
    profiler.add({
      id: `p${i}`,
      ts: isoTime(at(row) + i * 1000),
      version: 1,
      row: sent,
      value: score,
      score,
    });
  });
  const report = compareWindow(reference, profiler.profile());
  const all = new Map<string, ColumnDrift>(
    [...report.columns, ...report.scores].map((one) => [one.name, one]),
  );
  return { report, column: (name: string) => all.get(name)! };
}

const random = seededRandom(11);
const TRAINING = Array.from({ length: 70 }, (_, day) => ordersOf(day, 20, random)).flat();
const SUNDAY = ordersOf(76, 400, random);

describe('a later window of one weekday', () => {
  it('is compared with the same weekday of training where rows have dates, and dates are not compared', () => {
    const reference = referenceOf(TRAINING, ['date', 'day', 'weekday', 'channel', 'amount']);
    const { report, column } = compare(reference, SUNDAY);
    expect(report.drifted).toBe(false);
    expect(column('day')).toMatchObject({ notCompared: 'advances-with-time', level: 'none' });
    expect(column('date').says).toBe(
      'date advances with time (2025-03-23 on average, 2025-02-09 in training); its values are not compared.',
    );
    expect(column('weekday').says).toBe(
      'weekday follows the days of the week, of which this window is a part; its values are not compared.',
    );
    expect(column('channel').comparison.reference[0]).toBeLessThan(0.3);
  });

  it('by the moment of the prediction, where the model takes no date', () => {
    const reference = referenceOf(TRAINING, ['date', 'channel', 'amount'], ['channel', 'amount']);
    expect(compare(reference, SUNDAY).report.drifted).toBe(false);
    const monday = (row: Row) => MONDAY + (Number(row.day) + 1) * DAY;
    const wrong = compare(reference, SUNDAY, monday);
    expect(wrong.column('channel')).toMatchObject({ drifted: true });
  });

  it('by a column of weekdays, where the rows have no date', () => {
    const reference = referenceOf(TRAINING, ['weekday', 'channel', 'amount']);
    const { report, column } = compare(reference, SUNDAY);
    expect(report.drifted).toBe(false);
    expect(column('weekday').notCompared).toBe('part-of-a-cycle');
  });

  it('is compared with all days where training tells no days', () => {
    const reference = referenceOf(TRAINING, ['channel', 'amount']);
    expect(reference.week).toBeUndefined();
    expect(compare(reference, SUNDAY).column('channel').drifted).toBe(true);
  });

  it('still shows a change on that weekday', () => {
    const reference = referenceOf(TRAINING, ['date', 'weekday', 'channel', 'amount']);
    const changed = SUNDAY.map((row, i) => ({ ...row, channel: i % 2 === 0 ? 'phone' : 'web' }));
    const { column } = compare(reference, changed);
    expect(column('channel')).toMatchObject({ drifted: true });
    expect(column('channel').says).toMatch(
      /^channel: (phone in 50 %|web in 50 %) of the rows, .+ in training; .+\.$/,
    );
  });

  it('still shows missing and new values of a column that is not compared', () => {
    const reference = referenceOf(TRAINING, ['date', 'weekday', 'amount']);
    const odd = SUNDAY.map((row, i) => (i % 3 === 0 ? { ...row, weekday: 'Sonntag' } : row));
    expect(compare(reference, odd).column('weekday')).toMatchObject({
      drifted: true,
      leading: 'unseen-share',
    });
    expect(compare(reference, odd).column('weekday').says).toBe(
      '34 % of the values of weekday are new: Sonntag; limit 5 %.',
    );
    const old = SUNDAY.map((row, i) => (i % 3 === 0 ? { ...row, date: '1970-01-01T00:00:00.000Z' } : row));
    expect(compare(reference, old).column('date').says).toBe(
      '34 % of the dates of date are before 2025-01-06, the earliest of training; limit 5 %.',
    );
  });
});

describe('a counter in the order of the rows', () => {
  const reference = referenceOf(TRAINING, ['day', 'amount']);
  it('goes on at the end without drift', () => {
    expect(compare(reference, ordersOf(74, 300, random)).column('day')).toMatchObject({
      drifted: false,
      notCompared: 'advances-with-time',
    });
  });

  it('is compared as any number where the window is inside of its range', () => {
    expect(compare(reference, ordersOf(30, 300, random)).column('day')).toMatchObject({ drifted: true });
  });
});

it('compares whole weeks in a column of weekdays', () => {
  const reference = referenceOf(TRAINING, ['weekday', 'amount']);
  const weeks = Array.from({ length: 7 }, (_, i) => ordersOf(70 + i, 60, random)).flat();
  const end = (row: Row) => MONDAY + Number(row.day) * DAY + (Number(row.day) === 76 ? DAY * 0.9 : 0);
  expect(compare(reference, weeks, end).column('weekday')).not.toHaveProperty('notCompared');
  const noSunday = weeks.map((row) =>
    row.weekday === 'Sun' || row.weekday === 'Sat' ? { ...row, weekday: 'Fri' } : row,
  );
  expect(compare(reference, noSunday, end).column('weekday')).toMatchObject({ drifted: true });
});

describe('scores of few values', () => {
  const values = [0.1, 0.25, 1 / 3, 0.6];
  const rows = (count: number): Row[] =>
    Array.from({ length: count }, () => ({ amount: values[Math.floor(random() * 4)]!, day: 1 }));
  const reference = referenceOf(rows(800), ['amount']);

  it('have a bin each', () => {
    expect(reference.score.edges).toEqual([...values, 0.6]);
  });

  it('are the same scores when another program computed them', () => {
    const off = rows(500).map((row, i) => ({
      ...row,
      amount: Number(row.amount) * (1 + (i % 2 === 0 ? 1 : -1) * 1e-7),
    }));
    expect(compare(reference, off).column('score')).toMatchObject({
      drifted: false,
      comparison: { window: expect.arrayContaining([0]) },
    });
  });
});
