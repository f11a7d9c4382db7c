import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrixOf } from '../../../../testing/sample-training.ts';
import { borderBetween } from './bin-edges.ts';
import { binFeatures } from './bin-features.ts';
import { binsOf } from './binned-feature.ts';

const anyFloat = fc.float({ noNaN: false });

describe('numeric bins', () => {
  test('`x <= threshold` in float32 parts the rows exactly as the bins do, for any floats', () => {
    fc.assert(
      fc.property(
        fc.array(anyFloat, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 255 }),
        (values, most) => {
          const matrix = binFeatures(matrixOf([values]), most);
          const bins = binsOf(matrix, 0);
          const [feature] = matrix.features;
          if (feature?.kind !== 'number') throw new Error('a number was expected');
          const column = Float32Array.from(values);
          feature.thresholds.forEach((threshold, bin) => {
            column.forEach((x, row) => {
              const inBins = bins[row]! <= bin && !Number.isNaN(x);
              expect(x <= threshold).toBe(inBins);
            });
          });
        },
      ),
    );
  });

  test('no threshold is infinite, so that a model survives JSON', () => {
    const values = [Number.NEGATIVE_INFINITY, -3.4e38, 0, 3.4e38, Number.POSITIVE_INFINITY].flatMap((x) => [
      x,
      x,
      x,
    ]);
    const [feature] = binFeatures(matrixOf([values])).features;
    if (feature?.kind !== 'number') throw new Error('a number was expected');
    expect(feature.thresholds.length).toBeGreaterThan(2);
    expect([...feature.thresholds].every(Number.isFinite)).toBe(true);
  });

  test('neighbouring floats are still told apart', () => {
    const a = 1;
    const b = Math.fround(1 + 2 ** -23);
    expect(borderBetween(a, b)).toBe(a);
  });

  test('a missing value has a bin of its own after all values', () => {
    const matrix = binFeatures(matrixOf([[1, Number.NaN, 2, 1, 2, 1, 2, Number.NaN, Number.NaN]]));
    expect(matrix.features[0]).toMatchObject({ valueBins: 2, hasMissing: true });
    expect([...binsOf(matrix, 0)]).toEqual([0, 2, 1, 0, 1, 0, 1, 2, 2]);
  });

  test('a value as frequent as a whole bin has one to itself, and the rest share theirs evenly', () => {
    const values = [...new Array<number>(500).fill(0), ...Array.from({ length: 500 }, (_, i) => 1 + i)];
    const matrix = binFeatures(matrixOf([values]), 11);
    const counts = new Int32Array(matrix.features[0]!.valueBins);
    for (const bin of binsOf(matrix, 0)) counts[bin]! += 1;
    expect([...counts]).toEqual([500, ...new Array<number>(10).fill(50)]);
  });

  test('a column that is missing throughout can be binned', () => {
    const [feature] = binFeatures(matrixOf([[Number.NaN, Number.NaN]])).features;
    expect(feature).toMatchObject({ valueBins: 0, hasMissing: true });
  });
});

describe('category bins', () => {
  test('the most frequent codes come first and codes that do not occur have none', () => {
    const matrix = binFeatures(matrixOf([[4, 4, 4, 1, 1, 2]], { 0: 6 }));
    expect(matrix.features[0]).toMatchObject({ kind: 'category', codes: [[4], [1], [2]], valueBins: 3 });
    expect([...binsOf(matrix, 0)]).toEqual([0, 0, 0, 1, 1, 2]);
  });

  test('beyond the limit the rarest codes share the last bin', () => {
    const codes = Array.from({ length: 400 }, (_, code) => [code, code % 2 === 0 ? code : 0]).flat();
    const matrix = binFeatures(matrixOf([codes], { 0: 400 }));
    const bins = binsOf(matrix, 0);
    const [feature] = matrix.features;
    if (feature?.kind !== 'category') throw new Error('a category was expected');
    expect(feature.valueBins).toBe(255);
    expect(feature.codes.flat().toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 400 }, (_, code) => code),
    );
    codes.forEach((code, row) => {
      expect(feature.codes[bins[row]!]).toContain(code);
    });
  });
});
