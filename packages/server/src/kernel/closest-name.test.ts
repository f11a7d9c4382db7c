import { expect, it } from 'vitest';
import { closestName } from './closest-name.ts';

it.each([
  ['setsoa', 'setosa'],
  ['VIRGINICA', 'virginica'],
  ['versicol', 'versicolor'],
  ['2', '12'],
])('the closest name to %s is %s', (name, closest) => {
  expect(closestName(name, ['virginica', 'setosa', 'versicolor', '12'])).toBe(closest);
});

it('of equally close names it is the first, and of none there is none', () => {
  expect(closestName('x', ['a', 'b'])).toBe('a');
  expect(closestName('x', [])).toBeUndefined();
});
