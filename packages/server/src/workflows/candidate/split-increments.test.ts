import { expect, test } from 'vitest';
import { columnNamed } from '../../stages/ingest/index.ts';
import { tableOf } from '../../testing/tables.ts';
import { type FormerTarget, splitIncrements } from './split-increments.ts';

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

/** The table of `grown` in which the rows that `isHidden` names have no target. */
function hidden(times: number, isHidden: (row: number) => boolean) {
  const table = grown(times, Number);
  const y = columnNamed(table, 'y')!;
  if (y.type !== 'string') throw new TypeError('y holds words');
  const codes = y.codes.map((code, row) => (isHidden(row) ? -1 : code));
  return { ...table, columns: table.columns.map((one) => (one === y ? { ...y, codes } : one)) };
}

test('rows that people labelled are split by themselves, and those known before stay where they were', () => {
  const isHidden = (row: number) => row % 4 === 0;
  const before = hidden(1, isHidden);
  const was = splitIncrements(before, [ROWS], OPTIONS);
  const former: FormerTarget[] = [{ increments: 1, column: columnNamed(before, 'y') }];
  const is = splitIncrements(grown(1, Number), [ROWS], OPTIONS, former);
  expect(is.holdout.filter((row) => !isHidden(row))).toEqual(was.holdout);
  expect(is.train.filter((row) => !isHidden(row))).toEqual(was.train);
  const heldOfLabelled = is.holdout.filter(isHidden).length;
  expect(heldOfLabelled).toBe(ROWS / 4 / 5);
  expect(is.train.length + is.holdout.length).toBe(ROWS);
});

test('a label that people corrected moves no row to the other side', () => {
  const was = splitIncrements(grown(1, Number), [ROWS], OPTIONS);
  const y = columnNamed(grown(1, Number), 'y')!;
  const corrected = grown(1, (row) => (row < 40 ? row + 1 : row));
  const table = {
    ...grown(1, Number),
    columns: [...grown(1, Number).columns.filter(({ name }) => name !== 'y'), columnNamed(corrected, 'y')!],
  };
  const is = splitIncrements(table, [ROWS], OPTIONS, [{ increments: 1, column: y }]);
  expect(is.holdout).toEqual(was.holdout);
});

test('labelling, appending and labelling again keep every row on its side', () => {
  const first = hidden(1, (row) => row % 4 === 0);
  const second = hidden(2, (row) => row >= ROWS && row % 2 === 0);
  const former: FormerTarget[] = [
    { increments: 1, column: columnNamed(first, 'y') },
    { increments: 2, column: columnNamed(second, 'y') },
  ];
  const sizes = [ROWS, ROWS];
  const earlier = splitIncrements(second, sizes, OPTIONS, former.slice(0, 1));
  const last = splitIncrements(grown(2, Number), sizes, OPTIONS, former);
  const known = new Set([...earlier.train, ...earlier.holdout]);
  expect(last.holdout.filter((row) => known.has(row))).toEqual(earlier.holdout);
  expect(last.train.length + last.holdout.length).toBe(2 * ROWS);
});

test('a target that was not there before its labelling is split as a whole', () => {
  const table = grown(1, Number);
  const whole = splitIncrements(table, [ROWS], OPTIONS);
  const is = splitIncrements(table, [ROWS], OPTIONS, [{ increments: 1, column: undefined }]);
  expect(is.holdout).toEqual(whole.holdout);
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
