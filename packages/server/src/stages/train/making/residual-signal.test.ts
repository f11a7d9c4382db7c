import { expect, test } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { cellsOfNumbers, residualSignal } from './residual-signal.ts';

const ROWS = 4000;

test('what the cells explain is the share that was planted', () => {
  const random = seededRandom(1);
  const cells = Int32Array.from({ length: ROWS }, () => Math.floor(random() * 10));
  const residual = Float64Array.from(cells, (cell) => (cell < 5 ? 1 : -1) + (random() - 0.5) * Math.sqrt(12));
  const { share, sigmas } = residualSignal(cells, 10, [residual]);
  expect(share).toBeGreaterThan(0.45);
  expect(share).toBeLessThan(0.55);
  expect(sigmas).toBeGreaterThan(100);
});

test('cells that mean nothing explain nothing beyond chance, however many they are', () => {
  for (const size of [5, 100, 1500]) {
    const random = seededRandom(size);
    const cells = Int32Array.from({ length: ROWS }, () => Math.floor(random() * size));
    const residual = Float64Array.from({ length: ROWS }, () => random() - 0.5);
    expect(Math.abs(residualSignal(cells, size, [residual]).sigmas), `${size} cells`).toBeLessThan(4);
  }
});

test('nothing is left to explain where nothing was missed', () => {
  expect(residualSignal(Int32Array.of(0, 1, 1), 2, [new Float64Array(3)])).toEqual({ share: 0, sigmas: 0 });
});

test('numbers are cut into cells of about equal size, missing ones have their own, and equal ones are together', () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) =>
    i % 10 === 0 ? Number.NaN : i % 100 < 50 ? 7 : i,
  );
  const { cells, size } = cellsOfNumbers(values, 8);
  expect(size).toBe(9);
  const cellOf = (wanted: (value: number) => boolean) =>
    new Set([...values].flatMap((value, row) => (wanted(value) ? [cells[row]] : [])));
  expect(cellOf(Number.isNaN)).toEqual(new Set([8]));
  expect(cellOf((value) => value === 7).size).toBe(1);
  expect(cellOf((value) => value > 100).size).toBeGreaterThan(2);
  expect(Math.max(...cells)).toBe(8);
});

test('infinite numbers have a cell at the border', () => {
  const { cells } = cellsOfNumbers(
    Float64Array.of(Number.NEGATIVE_INFINITY, 1, 2, 3, 4, Number.POSITIVE_INFINITY),
    3,
  );
  expect(cells[0]).toBe(Math.min(...cells));
  expect(cells[5]).toBe(Math.max(...cells));
});
