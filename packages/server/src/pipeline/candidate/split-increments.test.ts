import { expect, test } from 'vitest';
import { tableOf } from '../../testing/tables.ts';
import { splitIncrements } from './split-increments.ts';

const ROWS = 200;
const OPTIONS = { target: 'y', task: 'binary', seed: 5, ignore: ['id'] } as const;

/** Rows of which no two are equal, then as many more, numbered on: the same rows again, or others. */
function grown(times: number, xOf: (row: number) => number) {
  const rows = Array.from({ length: ROWS * times }, (_, row) => row);
  return tableOf({
    id: rows,
    x: rows.map(xOf),
    y: rows.map((row) => (xOf(row) % 3 === 0 ? 'yes' : 'no')),
  });
}

const again = (row: number) => (row * 7) % ROWS;

test('appending the same rows again leaves no equal rows on both sides', () => {
  // The second increment is in another order and the third one shorter, so that each draws other rows by itself.
  const xOf = (row: number) => (row < ROWS ? row : again(row));
  const { train, holdout } = splitIncrements(grown(3, xOf), [ROWS, ROWS + 50, ROWS - 50], OPTIONS);
  const trained = new Set([...train].map(xOf));
  expect([...holdout].filter((row) => trained.has(xOf(row)))).toEqual([]);
  expect(train.length + holdout.length).toBe(3 * ROWS);
  expect(holdout.length).toBe(3 * [...holdout].filter((row) => row < ROWS).length);
});

test('rows known before stay where they were, and new rows are held out as well', () => {
  const before = splitIncrements(grown(1, Number), [ROWS], OPTIONS);
  const after = splitIncrements(grown(2, Number), [ROWS, ROWS], OPTIONS);
  expect(after.holdout.filter((row) => row < ROWS)).toEqual(before.holdout);
  expect(after.train.filter((row) => row < ROWS)).toEqual(before.train);
  expect(after.holdout.some((row) => row >= ROWS)).toBe(true);
});

test('rows known before stay where they were when rows that are older come late', () => {
  const day = (row: number) => Date.UTC(2026, 0, 1) + (row < ROWS ? 100 + row : row - ROWS) * 86_400_000;
  const at = (rows: number) => {
    const all = Array.from({ length: rows }, (_, row) => row);
    return tableOf({
      x: all,
      at: all.map((row) => new Date(day(row))),
      y: all.map((row) => String(row % 2)),
    });
  };
  const options = { ...OPTIONS, timeColumn: 'at' };
  const before = splitIncrements(at(ROWS), [ROWS], options);
  const after = splitIncrements(at(2 * ROWS), [ROWS, ROWS], options);
  expect(after.holdout.filter((row) => row < ROWS)).toEqual(before.holdout);
  expect(after.train.filter((row) => row < ROWS)).toEqual(before.train);
  const held = after.holdout.filter((row) => row >= ROWS);
  expect([...held]).toEqual(Array.from({ length: ROWS / 5 }, (_, i) => 2 * ROWS - ROWS / 5 + i));
  expect(after.by).toBe('time');
});
