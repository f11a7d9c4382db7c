import { expect, it } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';

/** The example of Benjamini and Hochberg's procedure as scipy.stats.false_discovery_control decides it. */
const P_VALUES = [0.042, 0.001, 0.008, 0.039, 0.041, 0.06, 0.074, 0.205, 0.212, 0.216];

it('agrees with SciPy at 5 %, in the order given', () => {
  expect(benjaminiHochberg(P_VALUES, 0.05)).toEqual([false, true, true, ...new Array(7).fill(false)]);
});

it('lets a p-value pass that is above its own bound when a larger one is below its bound', () => {
  expect(benjaminiHochberg([0.03, 0.04], 0.05)).toEqual([true, true]);
});

it('finds nothing among nothing', () => {
  expect(benjaminiHochberg([], 0.05)).toEqual([]);
});
