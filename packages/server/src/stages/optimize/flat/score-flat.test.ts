import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RandomModelShape, randomFeatures, randomModel } from '../../../testing/random-model.ts';
import { referenceScores } from '../../../testing/reference-scores.ts';
import type { FeatureMatrix } from '../../prepare/index.ts';
import { type AdditiveModel, predictAdditive, type Tree } from '../../train/index.ts';
import { compileFlat } from './compile-flat.ts';
import { predictFlat, predictFlatRows, scoreFlat, scoreFlatRows } from './score-flat.ts';

const shapes: fc.Arbitrary<RandomModelShape> = fc.record({
  seed: fc.nat(),
  levels: fc.array(fc.constantFrom(0, 0, 2, 7, 32, 70), { minLength: 1, maxLength: 6 }),
  trees: fc.nat({ max: 9 }),
  depth: fc.nat({ max: 6 }),
  link: fc.constantFrom('identity' as const, 'logistic' as const),
  outputs: fc.constantFrom(1, 1, 3),
  linearTerms: fc.constant(false),
});

function rowOf(features: FeatureMatrix, row: number): Float32Array {
  return Float32Array.from(features.columns, (column) => column[row]!);
}

function stump(split: Partial<Tree>): AdditiveModel {
  const tree: Tree = {
    output: 0,
    feature: [0, -1, -1],
    threshold: [0, 0, 0],
    categories: [null, null, null],
    left: [1, -1, -1],
    right: [2, -1, -1],
    missingLeft: [0, 0, 0],
    value: [0, -1, 1],
    cover: [2, 1, 1],
    ...split,
  };
  return { link: 'identity', outputs: 1, base: [0], trees: [tree], linear: [], parts: [] };
}

function scoreOf(model: AdditiveModel, x: number): number {
  const out = new Float64Array(1);
  scoreFlat(compileFlat(model), Float32Array.of(x), out);
  return out[0]!;
}

/** Split n asks for x <= n and goes on to the right. */
function chain(length: number): Tree {
  const nodes = Array.from({ length: 2 * length + 1 }, (_, node) => node);
  const isLeaf = (node: number) => node % 2 === 1 || node === 2 * length;
  return {
    output: 0,
    feature: nodes.map((node) => (isLeaf(node) ? -1 : 0)),
    threshold: nodes.map((node) => node / 2),
    categories: nodes.map(() => null),
    left: nodes.map((node) => (isLeaf(node) ? -1 : node + 1)),
    right: nodes.map((node) => (isLeaf(node) ? -1 : node + 2)),
    missingLeft: nodes.map(() => 0),
    value: nodes.map((node) => node),
    cover: nodes.map(() => 1),
  };
}

/** What reference and flat engine, in a batch and row by row, say of a model with trees and one part. */
function predictedWith(kind: 'forest' | 'network' | 'neighbours', shape: RandomModelShape) {
  const link = shape.outputs > 1 ? 'softmax' : shape.link;
  const model = randomModel({ ...shape, link, trees: 2, parts: [kind] });
  const flat = compileFlat(model);
  const features = randomFeatures(shape.levels, 40, shape.seed ^ 3);
  const one = new Float64Array(model.outputs);
  const single = Array.from({ length: features.rows }, (_, row) => {
    predictFlat(flat, rowOf(features, row), one);
    return [...one];
  }).flat();
  const expected = [...predictAdditive(model, features).values];
  return { expected, batch: [...predictFlatRows(flat, features).values], single };
}

describe('the flat engine', () => {
  it('chooses the leaf that the definition of a tree chooses, and sums in the same order, to the bit', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const model = randomModel(shape);
        const flat = compileFlat(model);
        const features = randomFeatures(shape.levels, 150, shape.seed ^ 1);
        const batch = new Float64Array(features.rows * model.outputs);
        scoreFlatRows(flat, features, batch);
        const one = new Float64Array(model.outputs);
        for (let row = 0; row < features.rows; row++) {
          const expected = referenceScores(model, rowOf(features, row));
          scoreFlat(flat, rowOf(features, row), one);
          expect([...one]).toEqual(expected);
          expect([...batch.subarray(row * model.outputs, (row + 1) * model.outputs)]).toEqual(expected);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the digits of thousands of leaves beside a base of 1e15, as the reference does', () => {
    const leaf = { ...stump({}).trees[0]!, value: [0, -0.03, 0.03] };
    const model = { ...stump({}), base: [1e15], trees: Array.from({ length: 4000 }, () => leaf) };
    const features = { rows: 2, levels: Int32Array.of(0), columns: [Float32Array.of(-1, 1)] };
    const scores = new Float64Array(2);
    scoreFlatRows(compileFlat(model), features, scores);
    expect([...scores]).toEqual([1e15 - 120, 1e15 + 120]);
    expect([scoreOf(model, -1), scoreOf(model, 1)]).toEqual([...scores]);
    expect(predictAdditive(model, features).values).toEqual(scores);
  });

  it('adds linear terms to the trees, with their own weights for missing values', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const levels = shape.levels;
        const model = randomModel({ ...shape, linearTerms: true });
        const flat = compileFlat(model);
        const features = randomFeatures(levels, 40, shape.seed ^ 2);
        const out = new Float64Array(model.outputs);
        for (let row = 0; row < features.rows; row++) {
          const x = rowOf(features, row).map((value) =>
            Number.isFinite(value) || Number.isNaN(value) ? value : 1,
          );
          scoreFlat(flat, x, out);
          const expected = referenceScores(model, x);
          for (const [k, value] of expected.entries()) {
            expect(Math.abs(out[k]! - value)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(value)));
          }
        }
      }),
    );
  });

  it.each(['forest', 'neighbours'] as const)('adds a %s as the reference does, to the bit', (kind) => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { expected, batch, single } = predictedWith(kind, shape);
        expect(batch).toEqual(expected);
        expect(single).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('adds a network as the reference does, as nearly as single precision is to double', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { expected, batch, single } = predictedWith('network', shape);
        expect(single).toEqual(batch);
        for (const [i, value] of expected.entries()) {
          expect(Math.abs(batch[i]! - value)).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(value)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('sends a value equal to the threshold left, and the next float32 right', () => {
    const model = stump({ threshold: [1, 0, 0] });
    expect(scoreOf(model, 1)).toBe(-1);
    expect(scoreOf(model, 1 + 2 ** -23)).toBe(1);
  });

  it('compares float32 values with a threshold that is no float32 as doubles would', () => {
    const between = 1 + 2 ** -24;
    expect(scoreOf(stump({ threshold: [between, 0, 0] }), 1)).toBe(-1);
    expect(scoreOf(stump({ threshold: [between, 0, 0] }), 1 + 2 ** -23)).toBe(1);
    expect(scoreOf(stump({ threshold: [-between, 0, 0] }), -1)).toBe(1);
    expect(scoreOf(stump({ threshold: [-1e-50, 0, 0] }), 0)).toBe(1);
  });

  it('tells missing from infinite', () => {
    const infinite = stump({ threshold: [Number.POSITIVE_INFINITY, 0, 0] });
    expect(scoreOf(infinite, Number.POSITIVE_INFINITY)).toBe(-1);
    expect(scoreOf(infinite, Number.NaN)).toBe(1);
    const lowest = stump({ threshold: [Number.NEGATIVE_INFINITY, 0, 0], missingLeft: [1, 0, 0] });
    expect(scoreOf(lowest, Number.NaN)).toBe(-1);
    expect(scoreOf(lowest, -3.4e38)).toBe(1);
  });

  it('sends a code that no set names right, and missing where the split says', () => {
    const model = stump({ categories: [[1, 40], null, null], missingLeft: [1, 0, 0] });
    expect([0, 1, 40, 41, 9999, Number.NaN].map((code) => scoreOf(model, code))).toEqual([
      1, -1, -1, 1, 1, -1,
    ]);
  });

  it('walks chains far deeper than their neighbours', () => {
    const model: AdditiveModel = { ...stump({}), trees: [chain(900), ...stump({}).trees] };
    const out = new Float64Array(1);
    for (const x of [0.5, 17.5, 899.5, 1e6]) {
      scoreFlat(compileFlat(model), Float32Array.of(x), out);
      expect([...out]).toEqual(referenceScores(model, [x]));
    }
  });

  it('answers probabilities that sum to one, also where exponentials would overflow', () => {
    const model: AdditiveModel = {
      link: 'softmax',
      outputs: 3,
      base: [1000, 999, -1000],
      trees: [],
      linear: [],
      parts: [],
    };
    const out = new Float64Array(3);
    predictFlat(compileFlat(model), new Float32Array(0), out);
    expect(out[0]! + out[1]! + out[2]!).toBeCloseTo(1, 12);
    expect(out[0]! / out[1]!).toBeCloseTo(Math.E, 10);
  });

  it('predicts a matrix as it predicts its rows one by one', () => {
    const shape: RandomModelShape = {
      seed: 11,
      levels: [0, 5, 0],
      trees: 30,
      depth: 5,
      link: 'softmax',
      outputs: 3,
      linearTerms: true,
    };
    const flat = compileFlat(randomModel(shape));
    const features = randomFeatures(shape.levels, 200, 12);
    const all = predictFlatRows(flat, features);
    const one = new Float64Array(3);
    for (let row = 0; row < 200; row++) {
      predictFlat(flat, rowOf(features, row), one);
      expect([...all.values.subarray(row * 3, row * 3 + 3)]).toEqual([...one]);
    }
  });
});
