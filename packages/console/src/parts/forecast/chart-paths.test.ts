import { expect, test } from 'vitest';
import { bandPath, linePath, scaleOf } from './chart-paths.ts';

const scale = scaleOf(3, [0, 10], 100, 110);

test('the first place is left, the last right, and larger values are higher', () => {
  expect(scale.x(0)).toBe('0.0');
  expect(scale.x(2)).toBe('100.0');
  expect(Number(scale.y(10))).toBeLessThan(Number(scale.y(0)));
});

test('a line is cut where a value is missing', () => {
  expect(linePath([0, null, 10], 0, scale)).toBe(`M0.0 ${scale.y(0)}M100.0 ${scale.y(10)}`);
});

test('a band goes there above and back below, and is nothing without bounds', () => {
  expect(bandPath([0, 1], [9, 10], 1, scale)).toBe(
    `M50.0 ${scale.y(9)}L100.0 ${scale.y(10)}L100.0 ${scale.y(1)}L50.0 ${scale.y(0)}Z`,
  );
  expect(bandPath([], [], 0, scale)).toBe('');
});

test('values that are all the same lie in the middle', () => {
  expect(scaleOf(1, [7, 7], 10, 10).y(7)).toBe('5.0');
});
