import { describe, expect, test } from 'vitest';
import { type Cell, tableOf } from '../../../testing/tables.ts';
import type { Task } from '../model.ts';
import { findLeakage, type LeakageOptions } from './find-leakage.ts';

/** Numbers that look random and are the same every time. */
const noise = (i: number, seed = 1) => Math.abs(Math.sin(i * 12.9898 + seed * 78.233) * 43_758.5453) % 1;
const range = <T extends Cell>(rows: number, make: (i: number) => T): T[] =>
  Array.from({ length: rows }, (_, i) => make(i));

/** What is found of the columns beside `y`: evidence by column, `strength` where there is none, `left out` of copies. */
function found(
  columns: Record<string, Cell[]>,
  task: Task = 'binary',
  options: Partial<LeakageOptions> = {},
): Record<string, string> {
  const table = tableOf(columns);
  const rows = Int32Array.from({ length: table.rows }, (_, i) => i);
  const target = table.columns.find(({ name }) => name === 'y')!;
  const others = table.columns.filter((column) => column !== target);
  const { suspicions, copies } = findLeakage(target, others, task, {
    trainRows: rows,
    allRows: rows,
    ...options,
  });
  return Object.fromEntries([
    ...copies.map(({ column }) => [column, 'left out']),
    ...suspicions.map(({ column, evidence = 'strength' }) => [column, evidence]),
  ]);
}

const ROWS = 1000;
const churned = range(ROWS, (i) => noise(i) < 0.3);
const price = range(ROWS, (i) => 1000 * noise(i, 2) + 50);
const kinds = range(ROWS, (i) => ['a', 'b', 'c'][Math.floor(noise(i, 3) * 3)]!);

describe('structural evidence', () => {
  test.each<[string, Task, Cell[], Cell[], string]>([
    ['the classes by other names', 'binary', churned, churned.map((y) => (y ? 'left' : 'stays')), 'left out'],
    ['the classes but for two rows', 'binary', churned, churned.map((y, i) => y !== i > 997), 'near-copy'],
    ['three classes as codes', 'multiclass', kinds, kinds.map((y) => 'abc'.indexOf(y) * 10), 'left out'],
    [
      'three classes but for one row',
      'multiclass',
      kinds,
      kinds.map((y, i) => (i === 7 ? 'b' : `${y}!`)),
      'near-copy',
    ],
    ['the number in another unit', 'regression', price, price.map((y) => y * 1.95583 - 3), 'left out'],
    [
      'another unit but for two rows',
      'regression',
      price,
      price.map((y, i) => (i % 500 === 3 ? 0 : 9 * y)),
      'near-copy',
    ],
    ['the number rounded', 'regression', price, price.map((y) => Math.round(y)), 're-coding'],
    ['the number rounded down', 'regression', price, price.map((y) => Math.floor(y / 10) * 10), 're-coding'],
    ['the logarithm of the number', 'regression', price, price.map((y) => Math.log(y)), 're-coding'],
    ['its reciprocal', 'regression', price, price.map((y) => 1 / y), 're-coding'],
    [
      'few numbers as words',
      'regression',
      price.map((y) => Math.floor(y / 99)),
      price.map((y) => `w${Math.floor(y / 99)}`),
      're-coding',
    ],
    [
      'a value where the class is true',
      'binary',
      churned,
      churned.map((y, i) => (y ? noise(i, 5) : null)),
      'known-afterwards',
    ],
    [
      'no value where the class is true',
      'binary',
      churned,
      churned.map((y, i) => (y ? null : noise(i, 5))),
      'known-afterwards',
    ],
    [
      'a value in some rows of one class',
      'binary',
      churned,
      churned.map((y, i) => (y && noise(i, 6) < 0.4 ? 'moved' : null)),
      'known-afterwards',
    ],
    [
      'a value where the number is not 0',
      'regression',
      price.map((y) => (y < 300 ? 0 : y)),
      price.map((y, i) => (y < 300 ? null : noise(i, 5))),
      'known-afterwards',
    ],
  ])('%s (%s)', (_, task, y, c, evidence) => {
    const x = range(ROWS, (i) => noise(i, 9));
    expect(found({ y, x, c }, task)).toEqual({ c: evidence });
    const allowed = found({ y, x, c }, task, { allowed: ['c'] });
    expect(allowed).toEqual({ c: evidence === 'left out' ? 'copy' : evidence });
  });

  test('numbers of the rows of a table that was sorted by the target, shuffled since', () => {
    const order = range(300, (i) => i).sort((a, b) => noise(a, 4) - noise(b, 4));
    const number = order.map((i) => 2 * i + (i % 2) + 11);
    expect(found({ y: order.map((i) => i >= 180), number })).toEqual({ number: 'row-index' });
    expect(found({ y: order.map((i) => Math.floor(i / 100)), number }, 'multiclass')).toEqual({
      number: 'row-index',
    });
    const rising = order.map((i) => Math.floor(i / 7) + 0.5);
    expect(found({ y: rising, number }, 'regression')).toEqual({ number: 'row-index' });
    // Numbers of rows in any order, and a measure that happens to separate the classes, are not.
    expect(found({ y: order.map((i) => noise(i, 8) < 0.5), number })).toEqual({});
    expect(found({ y: order.map((i) => i >= 180), number: number.map((n) => n * 1000) })).toEqual({
      number: 'strength',
    });
  });

  test('a moment after that of the row, where the outcome is one class only', () => {
    const day = 86_400_000;
    const t = range(ROWS, (i) => new Date(i * day));
    const closed = churned.map((y, i) => (y && noise(i, 6) < 0.5 ? new Date((i + 3) * day) : null));
    const seen = churned.map((y, i) => new Date((i + (y && noise(i, 6) < 0.5 ? 3 : -2)) * day));
    const due = range(ROWS, (i) => new Date((i + 30 * noise(i, 7)) * day));
    const columns = { y: churned, t, closed, seen, due };
    expect(found(columns, 'binary', { timeColumn: 't' })).toEqual({
      closed: 'known-afterwards',
      seen: 'known-afterwards',
    });
    const late = due.map((d, i) => new Date(d.getTime() + (churned[i] ? 1 : -1) * day * noise(i, 8)));
    expect(found({ y: churned, due, late })).toEqual({ late: 'known-afterwards' });
  });
});

describe('columns beside one that is known only after the outcome', () => {
  // Who churned within two years left within five; some left in the years between.
  const left = churned.map((y, i) => y || noise(i, 5) < 0.03);
  const date = left.map((is, i) => (is ? noise(i, 6) : null));

  test('a value on every row of the class and few others', () => {
    expect(found({ y: churned, date })).toEqual({ date: 'known-afterwards' });
    const kept = left.map((is, i) => (is ? null : noise(i, 6)));
    expect(found({ y: churned, kept })).toEqual({ kept: 'known-afterwards' });
    // One in seven of the others has one too, or some rows of the class have none.
    const open = churned.map((y, i) => (y || noise(i, 5) < 0.15 ? noise(i, 6) : null));
    const partly = left.map((is, i) => (is && noise(i, 8) < 0.94 ? noise(i, 6) : null));
    expect(found({ y: churned, open })).toEqual({});
    expect(found({ y: churned, partly })).toEqual({});
  });

  test('is filled in only there, or tells in two values where', () => {
    const reason = left.map((is, i) => (is && noise(i, 7) < 0.4 ? 'moved' : null));
    const flag = left.map((is, i) => (is || i === 500 ? 'yes' : 'no'));
    const x = range(ROWS, (i) => noise(i, 9));
    const sometimes = churned.map((_, i) => (noise(i, 11) < 0.2 ? 1 : null));
    expect(found({ y: churned, reason, date, flag, x, sometimes })).toEqual({
      reason: 'known-afterwards',
      date: 'known-afterwards',
      flag: 'known-afterwards',
    });
    expect(Object.values(found({ y: churned, flag }))).not.toContain('known-afterwards');
  });
});

describe('what is no structural evidence', () => {
  test('a strong predictor is a warning: by a number, a word, a threshold or a finer code', () => {
    const strong = churned.map((y, i) => (y ? 1 : 0) + 0.6 * (noise(i, 5) + noise(i, 6) - 1));
    const threshold = range(ROWS, (i) => noise(i));
    const finer = churned.map((y, i) => `${y ? 'p' : 'n'}${i % 3}`);
    const test99 = churned.map((y, i) => (i % 120 === 0 ? !y : y));
    expect(found({ y: churned, strong, threshold, finer, test99 })).toEqual({
      threshold: 'strength',
      finer: 'strength',
      strong: 'strength',
      test99: 'strength',
    });
    const near = price.map((y, i) => y + 0.5 * noise(i, 7));
    expect(found({ y: price, near: near.map((y, i) => y + 8 * noise(i, 8)) }, 'regression')).toEqual({
      near: 'strength',
    });
  });

  test('missing values that only say something', () => {
    const often = churned.map((y, i) => (noise(i, 5) < (y ? 0.85 : 0.15) ? noise(i, 6) : null));
    // Nearly all rows are of one class: so are most that have a value.
    const rare = range(ROWS, (i) => noise(i) < 0.02);
    const some = rare.map((y, i) => (!y && noise(i, 5) < 0.2 ? noise(i, 6) : null));
    // Thirty rows of the more frequent class may be so by the custom of few.
    const few = churned.map((y, i) => (!y && noise(i, 6) < 0.04 ? noise(i, 7) : null));
    expect(found({ y: churned, often, few })).toEqual({});
    expect(found({ y: rare, some })).toEqual({});
  });

  test('a number that rises with the target in the order of the rows is a trend', () => {
    const year = range(60, (i) => 1960 + i);
    const y = range(60, (i) => 3e9 * 1.017 ** i);
    expect(found({ y, x: year.map((one) => one / 10) }, 'regression')).toEqual({});
  });

  test('a table of few rows is judged by what chance would do: a class of two rows is easily met', () => {
    const y = range(24, (i) => i === 3 || i === 17);
    expect(found({ y, flag: y.map(Number) }).flag).not.toBe('left out');
    const even = range(24, (i) => noise(i) < 0.5);
    expect(found({ y: even, flag: even.map(Number) })).toEqual({ flag: 'left out' });
  });

  test('of many tables of noise with 20 rows hardly any shows evidence in one of its columns', () => {
    let wrong = 0;
    for (let seed = 0; seed < 300; seed++) {
      const columns: Record<string, Cell[]> = { y: range(20, (i) => noise(i, seed) < 0.3) };
      for (let c = 1; c <= 20; c++)
        columns[`c${c}`] = range(20, (i) => {
          const value = noise(i * 31 + c, seed + 0.5);
          return c % 3 === 0 ? value < 0.3 : c % 3 === 1 ? (value < 0.7 ? null : 1) : Math.floor(value * 60);
        });
      const evidence = Object.values(found(columns)).filter((one) => one !== 'strength');
      if (evidence.length > 0) wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(1);
  });
});
