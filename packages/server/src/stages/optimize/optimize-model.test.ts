import { describe, expect, it } from 'vitest';
import { type Clock, timeAllowance } from '../../kernel/index.ts';
import { randomFeatures, randomModel } from '../../testing/random-model.ts';
import { referenceScores } from '../../testing/reference-scores.ts';
import type { FeatureMatrix } from '../prepare/index.ts';
import { type AdditiveModel, METRICS, predictAdditive, type Tree } from '../train/index.ts';
import { leafCount, type OptimizeRequest, type ValidationRows } from './model.ts';
import { optimizeModel } from './optimize-model.ts';

const LEVELS = [0, 0, 6, 0];

const SHAPE = {
  seed: 3,
  levels: LEVELS,
  depth: 4,
  link: 'identity' as const,
  outputs: 1,
  linearTerms: false,
};

/** A model that explains the target, and what it explains: its own scores with a little noise on top. */
function subject(trees = 12): { model: AdditiveModel; validation: ValidationRows } {
  const model = randomModel({ ...SHAPE, trees });
  const features = randomFeatures(LEVELS, 1500, 8);
  const noise = randomFeatures([0], features.rows, 9).columns[0]!;
  const target = predictAdditive(model, features).values.map(
    (value, row) => value + 0.05 * (Number.isFinite(noise[row]!) ? Math.tanh(noise[row]!) : 0),
  );
  return { model, validation: { features, target } };
}

/** Trees like the model's, but their scores are a thousandth: rounds that learnt nothing more. */
function idleRounds(count: number): Tree[] {
  return randomModel({
    seed: 77,
    levels: LEVELS,
    trees: count,
    depth: 4,
    link: 'identity',
    outputs: 1,
    linearTerms: false,
  }).trees.map((tree) => ({ ...tree, value: tree.value.map((value) => value / 1000) }));
}

/** A tree of one leaf ends in the base. */
function splitting(trees: readonly Tree[]): number {
  return trees.filter(({ feature }) => feature[0]! >= 0).length;
}

function rmseOf(model: AdditiveModel, { features, target }: ValidationRows): number {
  const rmse = METRICS.find(({ id }) => id === 'rmse')!;
  return rmse.compute(target, predictAdditive(model, features), { threshold: 0.5 });
}

function request(
  parts: Partial<OptimizeRequest> & { model: AdditiveModel; validation: ValidationRows },
): OptimizeRequest {
  return { task: 'regression', ...parts };
}

/** A clock on which every look takes a second. */
function tickingClock(): Clock {
  let seconds = 0;
  return { now: () => 0, monotonic: () => 1000 * seconds++ };
}

describe('the time for optimizing', () => {
  const { model, validation } = subject();
  const padded = { ...model, trees: [...model.trees, ...idleRounds(10)] };

  it('that is spent at once leaves the model as it was trained, and says so', () => {
    const clock = tickingClock();
    const result = optimizeModel(
      request({ model: padded, validation, time: timeAllowance(clock, 0) }),
      clock,
    );
    expect(result.model).toBe(padded);
    expect(result.table.map(({ variant }) => variant)).toEqual(['as trained']);
    expect(result.untried).toEqual([
      'without idle parts',
      'fewer rounds',
      'fewer splits',
      'fewer rounds and splits',
    ]);
    expect(result.says).toContain('The time for it was spent');
  });

  it('that ends on the way keeps what was found until then', () => {
    const clock = tickingClock();
    const time = timeAllowance(clock, 90);
    const result = optimizeModel(request({ model: padded, validation, time }), clock);
    expect(result.table.length).toBeGreaterThan(1);
    expect(result.untried!.length).toBeGreaterThan(0);
    expect(result.table.length + result.untried!.length).toBeGreaterThanOrEqual(5);
  });

  it('that does not pass changes nothing', () => {
    const still = { now: () => 0, monotonic: () => 0 };
    const limited = optimizeModel(
      request({ model: padded, validation, time: timeAllowance(still, 1) }),
      still,
    );
    expect(limited).toEqual(optimizeModel(request({ model: padded, validation }), still));
    expect(limited).not.toHaveProperty('untried');
  });
});

describe('optimizing a model', () => {
  it('takes out trailing rounds that do not help, and keeps those that do', () => {
    const { model, validation } = subject();
    const padded = { ...model, trees: [...model.trees, ...idleRounds(40)] };
    const result = optimizeModel(request({ model: padded, validation }));
    expect(result.model.trees.length).toBeLessThanOrEqual(12);
    expect(result.model.trees.length).toBeGreaterThan(6);
    expect(result.table[0]).toMatchObject({ variant: 'as trained', trees: 52 });
    expect(result.table.find(({ variant }) => variant === 'fewer rounds')!.trees).toBe(
      splitting(model.trees),
    );
  });

  it('leaves out a part that says next to nothing, and keeps one that says much', () => {
    const { model, validation } = subject();
    const [forest, network] = (['forest', 'network'] as const).map(
      (kind) => randomModel({ ...SHAPE, trees: 0, parts: [kind] }).parts[0]!,
    );
    const idle = { ...network!, weight: 1e-6 };
    const target = predictAdditive({ ...model, parts: [forest!] }, validation.features).values;
    const subjects = { features: validation.features, target: target.map((y, row) => y + 0.01 * (row % 3)) };
    const both = { ...model, parts: [idle, forest!] };
    const result = optimizeModel(request({ model: both, validation: subjects }));
    expect(result.model.parts.map(({ kind }) => kind)).toEqual(['forest']);
    expect(result.table[0]).toMatchObject({ variant: 'as trained', parts: 2 });
    expect(result.says).toContain('1 of 2 other parts');
  });

  it('keeps quality within the limit, measured by the reference prediction and not by itself', () => {
    const { model, validation } = subject();
    const padded = { ...model, trees: [...model.trees, ...idleRounds(20)] };
    const before = rmseOf(padded, validation);
    for (const maxLoss of [0, 0.001, 0.2]) {
      const result = optimizeModel(request({ model: padded, validation, maxLoss }));
      const after = rmseOf(result.model, validation);
      expect(after).toBeLessThanOrEqual(before * (1 + maxLoss) + 1e-9);
      const row = result.table.find(({ variant }) => variant === result.chosen)!;
      expect(row.quality.value).toBeCloseTo(after, 9);
      expect(row.leaves).toBe(leafCount(result.model));
    }
  });

  it('makes leaves of splits whose children hardly differ', () => {
    const { model, validation } = subject(4);
    const doubled = { ...model, trees: model.trees.map((tree) => splitLeaves(tree, 1e-7)) };
    const result = optimizeModel(request({ model: doubled, validation }));
    expect(leafCount(doubled)).toBe(2 * leafCount(model));
    expect(leafCount(result.model)).toBeLessThanOrEqual(leafCount(model));
    expect(rmseOf(result.model, validation)).toBeLessThanOrEqual(rmseOf(doubled, validation) * 1.001);
  });

  it('changes no answer when it only takes out what is idle', () => {
    const { model, validation } = subject(3);
    // Zero times infinity is not zero, so a term of weight 0 is idle on finite values only.
    const numbers = validation.features.columns[0]!;
    for (const [row, x] of numbers.entries()) if (Math.abs(x) === Infinity) numbers[row] = 1;
    const constant: Tree = { ...splitLeaves(model.trees[0]!, 0), value: new Array(999).fill(0.25) };
    const idle: AdditiveModel = {
      ...model,
      trees: [...model.trees.map((tree) => splitLeaves(tree, 0)), constant],
      linear: [{ kind: 'number', feature: 0, center: 0, scale: 1, weights: [0], missingWeights: [0] }],
    };
    const without = optimizeModel(request({ model: idle, validation, maxLoss: 0 }));
    const row = without.table.find(({ variant }) => variant === 'without idle parts')!;
    expect(row.leaves).toBeLessThanOrEqual(leafCount(model));
    expect(row.trees).toBeLessThanOrEqual(3);
    expect(row.quality.value).toBeCloseTo(without.table[0]!.quality.value, 12);
    expect(without.model.linear).toEqual([]);
  });

  it('leaves a model alone that needs every part, and says so', () => {
    const tree: Tree = { ...subject(1).model.trees[0]!, ...STUMP };
    const model: AdditiveModel = {
      link: 'identity',
      outputs: 1,
      base: [0],
      trees: [tree],
      linear: [],
      parts: [],
    };
    const features: FeatureMatrix = {
      rows: 4,
      columns: [Float32Array.of(0, 1, 2, 3)],
      levels: Int32Array.of(0),
    };
    const target = Float64Array.of(-1.1, -0.9, 0.9, 1.1);
    const result = optimizeModel(request({ model, validation: { features, target } }));
    expect(result.model).toBe(model);
    expect(result.chosen).toBe('as trained');
    expect(result.says).toMatch(/stays as trained/);
  });

  it('trims whole rounds of a multiclass model, so that every class keeps as many trees', () => {
    const shape = {
      seed: 5,
      levels: LEVELS,
      trees: 30,
      depth: 3,
      link: 'softmax' as const,
      outputs: 3,
      linearTerms: false,
    };
    const model = randomModel(shape);
    const features = randomFeatures(LEVELS, 900, 6);
    const { values } = predictAdditive(model, features);
    const target = Float64Array.from({ length: 900 }, (_, row) => {
      const three = [...values.subarray(row * 3, row * 3 + 3)];
      return three.indexOf(Math.max(...three));
    });
    const idle = randomModel({ ...shape, seed: 6 }).trees.map((tree) => ({
      ...tree,
      value: tree.value.map((v) => v / 1e4),
    }));
    const padded = { ...model, trees: [...model.trees, ...idle] };
    const result = optimizeModel({ task: 'multiclass', model: padded, validation: { features, target } });
    const trimmed = result.table.find(({ variant }) => variant === 'fewer rounds')!;
    expect(trimmed.trees).toBe(splitting(model.trees));
    const one = features.columns.map((column) => column[7]!);
    const scores = referenceScores(result.model, one);
    const whole = referenceScores(padded, one);
    for (const [k, score] of scores.entries()) expect(Math.abs(score - whole[k]!)).toBeLessThan(0.5);
  });

  it('measures every variant it names', () => {
    const { model, validation } = subject(8);
    for (const row of optimizeModel(request({ model, validation })).table) {
      expect(row.bytes).toBeGreaterThan(0);
      expect(row.latency.oneRowMicroseconds).toBeGreaterThan(0);
      expect(row.latency.thousandRowsMicroseconds).toBeGreaterThan(row.latency.oneRowMicroseconds);
      expect(row.quality.metric).toBe('rmse');
    }
  });
});

const STUMP = {
  feature: [0, -1, -1],
  threshold: [1.5, 0, 0],
  categories: [null, null, null],
  left: [1, -1, -1],
  right: [2, -1, -1],
  missingLeft: [0, 0, 0],
  value: [0, -1, 1],
  cover: [4, 2, 2],
};

/** Every leaf becomes a split whose sides differ by `gap`. */
function splitLeaves(tree: Tree, gap: number): Tree {
  const grown: Tree = structuredClone(tree);
  for (const [node, feature] of tree.feature.entries()) {
    if (feature >= 0) continue;
    const child = grown.feature.length;
    const value = tree.value[node]!;
    grown.feature[node] = 0;
    grown.threshold[node] = 0.1;
    grown.left[node] = child;
    grown.right[node] = child + 1;
    grown.feature.push(-1, -1);
    grown.threshold.push(0, 0);
    grown.categories.push(null, null);
    grown.left.push(-1, -1);
    grown.right.push(-1, -1);
    grown.missingLeft.push(0, 0);
    grown.value.push(value - gap, value + gap);
    grown.cover.push(tree.cover[node]! / 2, tree.cover[node]! / 2);
  }
  return grown;
}
