import { isFailure } from '@slipway/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import { tableOf } from '../../testing/tables.ts';
import { takeRows } from '../ingest/index.ts';
import { splitHoldout } from './index.ts';

const DAY = 86_400_000;

test('every row with a target is on one side, and classes keep their shares', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'a', 'a', 'b', null), { minLength: 60, maxLength: 400 }),
      fc.nat(),
      (labels, seed) => {
        const table = tableOf({
          y: ['a', 'b', ...labels],
          x: Array.from({ length: labels.length + 2 }, (_, i) => i),
        });
        const { train, holdout } = splitHoldout(table, { target: 'y', task: 'binary', seed });
        const present = ['a', 'b', ...labels].flatMap((label, row) => (label === null ? [] : [row]));
        expect([...train, ...holdout].sort((p, q) => p - q)).toEqual(present);
        for (const name of ['a', 'b']) {
          const all = present.filter(
            (row) => (['a', 'b', ...labels] as (string | null)[])[row] === name,
          ).length;
          const held = [...holdout].filter(
            (row) => (['a', 'b', ...labels] as (string | null)[])[row] === name,
          ).length;
          expect(Math.abs(held - all * 0.2)).toBeLessThanOrEqual(1);
          expect(held).toBeLessThan(all);
        }
      },
    ),
  );
});

test('the same seed gives the same split, another seed another', () => {
  const table = tableOf({ y: Array.from({ length: 500 }, (_, i) => Math.sin(i)) });
  const split = (seed: number) => splitHoldout(table, { target: 'y', task: 'regression', seed });
  expect(split(1)).toEqual(split(1));
  expect(split(1).holdout).not.toEqual(split(2).holdout);
  expect(split(1)).toMatchObject({ by: 'random' });
  expect(split(1).holdout).toHaveLength(100);
});

test('equal rows stay on one side, also when only an identifier differs', () => {
  const y = Array.from({ length: 600 }, (_, i) => (i % 150) % 2);
  const table = tableOf({ id: y.map((_, i) => i), x: y.map((_, i) => i % 150), y });
  const { train, holdout } = splitHoldout(table, { target: 'y', task: 'binary', seed: 3, ignore: ['id'] });
  const inTrain = new Set([...train].map((row) => row % 150));
  expect([...holdout].every((row) => !inTrain.has(row % 150))).toBe(true);
  expect(holdout.length).toBeGreaterThan(90);
});

test('rows that repeat because columns have few values are separate observations, whatever their labels', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => i);
  const random = seededRandom(7);
  const kind = rows.map(() => (random() < 0.5 ? 'member' : 'guest'));
  const day = rows.map(() => ['mon', 'tue', 'wed'][Math.floor(random() * 3)]!);
  const y = kind.map((one) => (random() < (one === 'member' ? 0.8 : 0.2) ? 'yes' : 'no'));
  const { train, holdout } = splitHoldout(tableOf({ kind, day, y }), {
    target: 'y',
    task: 'binary',
    seed: 1,
  });
  expect(holdout).toHaveLength(200);
  const share = (of: Int32Array) => {
    const members = [...of].filter((row) => kind[row] === 'member');
    return members.filter((row) => y[row] === 'yes').length / members.length;
  };
  expect(share(train)).toBeCloseTo(0.8, 1);
  expect(Math.abs(share(holdout) - share(train))).toBeLessThan(0.15);
});

test('copies of a row stay on one side whatever their labels are', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => i % 100);
  const table = tableOf({
    a: rows,
    b: rows.map((i) => i * 0.37),
    y: rows.map((_, i) => (i % 3 === 0 ? 'yes' : 'no')),
  });
  const { train, holdout } = splitHoldout(table, { target: 'y', task: 'binary', seed: 1 });
  const trained = new Set([...train].map((row) => rows[row]));
  expect([...holdout].filter((row) => trained.has(rows[row]))).toEqual([]);
  expect(holdout.length).toBeGreaterThan(100);
});

test('a class of a single row is learnt from', () => {
  const table = tableOf({
    y: [...Array.from({ length: 50 }, () => 'a'), 'b'],
    x: Array.from({ length: 51 }, (_, i) => i),
  });
  expect([...splitHoldout(table, { target: 'y', task: 'binary', seed: 1 }).train]).toContain(50);
});

test('with a time column the latest rows are held out, and no moment is torn apart', () => {
  const times = Array.from({ length: 100 }, (_, i) => new Date(((i * 37) % 25) * DAY));
  const table = tableOf({ t: times, y: times.map((_, i) => i) });
  const { train, holdout, by, says } = splitHoldout(table, {
    target: 'y',
    task: 'regression',
    seed: 1,
    timeColumn: 't',
  });
  expect(by).toBe('time');
  expect(holdout).toHaveLength(20);
  const latestInTrain = Math.max(...[...train].map((row) => times[row]!.getTime()));
  expect([...holdout].every((row) => times[row]!.getTime() > latestInTrain)).toBe(true);
  expect(says).toContain('1970-01-21');
});

test.each([
  ['of one moment', 5 * DAY],
  ['without a time', null],
])('rows %s are held out by their order, the last ones', (_, time) => {
  const table = tableOf({
    t: [new Date(0), ...Array.from({ length: 99 }, () => (time === null ? null : new Date(time)))],
    y: Array.from({ length: 100 }, (_, i) => i),
  });
  const alone = takeRows(
    table,
    Int32Array.from({ length: 99 }, (_, i) => i + 1),
  );
  const { holdout, says } = splitHoldout(alone, {
    target: 'y',
    task: 'regression',
    seed: 1,
    timeColumn: 't',
  });
  expect([...holdout]).toEqual(Array.from({ length: 20 }, (_, i) => i + 79));
  expect(says).toContain('the last ones, as t parts no rows');
});

test('rows in order of a date are said to be, and still split without regard to it', () => {
  const table = tableOf({
    t: Array.from({ length: 50 }, (_, i) => new Date(i * DAY)),
    y: Array.from({ length: 50 }, (_, i) => i),
  });
  const split = splitHoldout(table, { target: 'y', task: 'regression', seed: 1 });
  expect(split.by).toBe('random');
  expect(split.says).toContain('in order of t');
});

test('a time column of words is refused', () => {
  const table = tableOf({ t: ['a', 'b'], y: [1, 2] });
  try {
    splitHoldout(table, { target: 'y', task: 'regression', seed: 1, timeColumn: 't' });
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error, 'time.missing')).toBe(true);
  }
});

test('a class of which no row is held out is named, whatever the rows are split by', () => {
  const x = Array.from({ length: 100 }, (_, i) => i);
  const y = x.map((i) => (i === 7 ? 'odd' : i % 2 ? 'a' : 'b'));
  const options = { target: 'y', task: 'multiclass' as const, seed: 1 };
  expect(splitHoldout(tableOf({ x, y }), options).says).toContain(
    'No row of the class odd (1 row) is held out, so how well it is predicted is not measured.',
  );
  const older = x.map((i) => (i < 80 ? (i % 3 ? 'p' : 'q') : i % 2 ? 'a' : 'b'));
  const byTime = splitHoldout(tableOf({ x, y: older }), { ...options, timeColumn: 'x' });
  expect(byTime.says).toContain('No row of the classes q (27 rows), p (53 rows) is held out');
  const whole = x.map((i) => (i % 2 ? 'a' : 'b'));
  expect(splitHoldout(tableOf({ x, y: whole }), options).says).not.toContain('No row');
});
