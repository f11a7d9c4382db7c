import { describe, expect, it } from 'vitest';
import { categoryReference } from './category-reference.ts';
import { numberReference, scoresReference } from './number-reference.ts';

describe('the reference of a number', () => {
  it('has deciles as edges and a tenth of the rows in each bin', () => {
    const reference = numberReference(Float64Array.from({ length: 1001 }, (_, index) => 1000 - index));
    expect(reference.edges).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(reference.counts).toEqual([100, 100, 100, 100, 100, 100, 100, 100, 100, 101]);
    expect(reference.mean).toBeCloseTo(500, 9);
    expect(reference.standardDeviation).toBeCloseTo(Math.sqrt((1001 ** 2 - 1) / 12), 6);
  });

  it('merges deciles that one value fills, and keeps a lone value in one closed bin', () => {
    const mostlyZero = numberReference(
      Float64Array.from({ length: 100 }, (_, index) => Math.max(0, index - 85)),
    );
    expect(mostlyZero.edges).toEqual([...new Set(mostlyZero.edges)]);
    expect(mostlyZero.counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(numberReference(Float64Array.of(7, 7, Number.NaN))).toMatchObject({
      edges: [7, 7],
      counts: [2],
      missing: 1,
    });
  });

  it('is all missing without a value', () => {
    expect(numberReference(Float64Array.of(Number.NaN))).toEqual({
      edges: [],
      counts: [],
      below: 0,
      above: 0,
      missing: 1,
      mean: 0,
      standardDeviation: 0,
    });
  });
});

describe('the reference of a category', () => {
  it('lists the fifty most frequent values, counts the others together and knows them all', () => {
    const dictionary = Array.from({ length: 60 }, (_, index) => `v${String(index).padStart(2, '0')}`);
    const codes = Int32Array.from([...dictionary.keys(), ...dictionary.keys(), 59, 59, -1]);
    const reference = categoryReference({ name: 'c', type: 'string', codes, dictionary });
    expect(reference.values).toHaveLength(50);
    expect([reference.values[0], reference.counts[0]]).toEqual(['v59', 4]);
    expect(reference.other).toBe(20);
    expect(reference.missing).toBe(1);
    expect(reference.known).toHaveLength(60);
  });

  it('reads booleans as false and true', () => {
    const values = Float64Array.of(1, 0, 1, Number.NaN);
    expect(categoryReference({ name: 'b', type: 'boolean', values })).toMatchObject({
      values: ['true', 'false'],
      counts: [2, 1],
      missing: 1,
    });
  });
});

it('tells zeros and ones apart', () => {
  const reference = numberReference(Float64Array.from({ length: 100 }, (_, row) => (row < 70 ? 0 : 1)));
  expect(reference.edges).toEqual([0, 1, 1]);
  expect(reference.counts).toEqual([70, 30]);
});

it('scores that differ in digits that nobody acts on share a bin', () => {
  const sure = Float64Array.from({ length: 200 }, (_, row) =>
    row < 20 ? 0.9 + row / 1000 : 1 - 10 ** -(4 + row / 20),
  );
  const { edges, counts, resolution } = scoresReference(sure, 0.001);
  expect(resolution).toBe(0.001);
  expect(edges.every((edge, i) => i === 0 || edge - edges[i - 1]! >= 0.001 - 1e-12)).toBe(true);
  expect(counts.at(-1)).toBe(180);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
});

it('scores that are all as good as one have one bin', () => {
  const { edges, counts } = scoresReference(Float64Array.of(0.9999, 0.99995, 1, 1), 0.001);
  expect([edges, counts]).toEqual([[0.9999, 1], [4]]);
  expect(scoresReference(Float64Array.of(), 0.001).edges).toEqual([]);
});
