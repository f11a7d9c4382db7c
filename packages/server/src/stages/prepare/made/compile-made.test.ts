import { expect, test } from 'vitest';
import type { Kinds, MadeFeature, Quantity } from '../model.ts';
import { compileMade } from './compile-made.ts';

const price: Quantity = { kind: 'number', name: 'price', column: 'price' };
const surface: Quantity = { kind: 'number', name: 'surface', column: 'surface' };
const cities: Kinds = { kind: 'words', column: 'city', levels: ['Bern', 'Rome'] };
const rooms: Kinds = { kind: 'numbers', column: 'rooms', levels: [1, 2.5] };

test.each([
  ['sum', 1.5, 2.25, 3.75],
  ['difference', 1, 3, -2],
  ['product', 3, 4, 12],
  ['ratio', 1, 3, Math.fround(1 / 3)],
  ['ratio', 1, 0, Number.NaN],
  ['ratio', 0, 0, Number.NaN],
  ['product', 1e30, 1e30, Number.NaN],
  ['difference', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN],
  ['sum', Number.POSITIVE_INFINITY, 1, Number.NaN],
  ['sum', Number.NaN, 1, Number.NaN],
] as const)('a %s of %d and %d is %d', (operation, a, b, expected) => {
  const spec: MadeFeature = { kind: 'arithmetic', name: 'x', operation, of: [price, surface] };
  expect(compileMade(spec).combine(a, b)).toBe(expected);
});

test('arithmetic takes what was not yet rounded', () => {
  const spec: MadeFeature = { kind: 'arithmetic', name: 'x', operation: 'difference', of: [price, surface] };
  const moment = 1_700_000_000_123;
  expect(compileMade(spec).combine(moment, moment - 7)).toBe(7);
});

test('a lookup knows missing values and values that are not listed as kinds of their own', () => {
  const spec: MadeFeature = {
    kind: 'lookup',
    name: 'mean by city',
    by: 'target-mean',
    class: null,
    of: [cities],
    keys: [0, 1, 2, 3],
    values: [10, 20, 30, 40],
    otherwise: 0,
  };
  const { combine } = compileMade(spec);
  expect([0, 1, 2, Number.NaN].map((code) => combine(code, 0))).toEqual([10, 20, 30, 40]);
});

test('a pair has a kind for each of both, and what was not noted for it is otherwise', () => {
  const spec: MadeFeature = { kind: 'cross', name: 'city × rooms', of: [cities, rooms], keys: [0, 5, 15] };
  const { combine } = compileMade(spec);
  expect(combine(0, 1)).toBe(0);
  expect(combine(1, 2.5)).toBe(1);
  expect(combine(Number.NaN, Number.NaN)).toBe(2);
  expect(combine(0, 2.5)).toBe(3);
});

test('a listed number is found however it is written in double precision', () => {
  const third: Kinds = { kind: 'numbers', column: 'share', levels: [Math.fround(1 / 3)] };
  const spec: MadeFeature = { kind: 'cross', name: 'share', of: [third], keys: [0] };
  expect(compileMade(spec).combine(1 / 3, 0)).toBe(0);
});

test('a part of a date that no calendar has is any other kind', () => {
  const hour: Kinds = { kind: 'date-part', column: 'when', part: 'hour' };
  const spec: MadeFeature = { kind: 'cross', name: 'hour', of: [hour], keys: [0, 23, 24, 25] };
  const { combine } = compileMade(spec);
  expect([0, 23, 24, -1, 1e300, Number.NaN].map((hours) => combine(hours, 0))).toEqual([0, 1, 2, 2, 2, 3]);
});
