import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import { fitRescaling, withoutRescaling } from './rescaling.ts';

const random = seededRandom(1);
const many = (of: (i: number) => number, length = 500) => Float64Array.from({ length }, (_, i) => of(i));

function rescalingOf(values: Float64Array) {
  return fitRescaling((row) => values[row]!, Int32Array.from(values.keys()));
}

test.each<[string, Float64Array]>([
  ['amounts', many(() => random() * 1e6)],
  ['tiny amounts', many(() => random() * 1e-11)],
  ['large amounts', many(() => random() * 1e15)],
  ['years', many((i) => 1990 + (i % 30))],
  ['whole numbers that float32 holds', many((i) => 16_000_000 + i)],
  ['seconds of a year', many(() => 1.7e9 + random() * 3e7)],
  ['a constant with rounding errors', many((i) => (i % 2 === 0 ? 0.3 : 0.1 + 0.2))],
  ['one value', many(() => 1.7e12)],
  ['no value', many(() => Number.NaN)],
])('%s stay as they are', (_, values) => {
  expect(rescalingOf(values)).toEqual({});
});

test.each<[string, Float64Array, 'center' | 'scale']>([
  ['milliseconds of one second', many((i) => 1.7e12 + i), 'center'],
  ['the same with many zeros for missing', many((i) => (i % 3 === 0 ? 0 : 1.7e12 + i)), 'center'],
  ['the same with missing values', many((i) => (i % 3 === 0 ? Number.NaN : 1.7e12 + i)), 'center'],
  ['two whole numbers', many((i) => 16_777_216 + (i % 2)), 'center'],
  ['numbers that float32 makes zero', many((i) => (i + 1) * 1e-50), 'scale'],
  ['tiny numbers far from zero', many((i) => 1e-40 + i * 1e-50), 'center'],
  ['numbers that float32 makes infinite', many((i) => (i + 1) * 1e50), 'scale'],
])('%s are told apart', (_, values, by) => {
  const rescaling = rescalingOf(values);
  expect(Object.keys(rescaling)).toContain(by);
  const { center = 0, scale = 1 } = rescaling;
  const present = values.filter((value) => !Number.isNaN(value));
  const rounded = present.map((value) => Math.fround(value * scale - center));
  expect(new Set(rounded).size).toBe(new Set(present).size);
  expect(rounded.every(Number.isFinite)).toBe(true);
});

test('rescaling keeps the order of values and shifts them without an error', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1e9, max: 2e12 }),
      fc.array(fc.nat(5000), { minLength: 2 }),
      (base, steps) => {
        const values = Float64Array.from(steps, (step) => base + step);
        const { center = 0, scale = 1 } = rescalingOf(values);
        const rounded = values.map((value) => Math.fround(value * scale - center));
        for (let i = 1; i < values.length; i++)
          if (center !== 0) expect((rounded[i]! - rounded[0]!) / scale).toBe(values[i]! - values[0]!);
      },
    ),
  );
});

test('arithmetic takes a number without its rescaling', () => {
  const spec = { kind: 'number', name: 'x', column: 'x', center: 5, scale: 2 } as const;
  expect(withoutRescaling(spec)).toEqual({ kind: 'number', name: 'x', column: 'x' });
});
