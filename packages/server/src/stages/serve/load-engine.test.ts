import { describe, expect, it } from 'vitest';
import { answerOf, type EngineFile } from '../pack/index.ts';
import type { Preparation } from '../prepare/index.ts';
import type { AdditiveModel, Link } from '../train/index.ts';
import { checkGolden } from './check-golden.ts';
import { loadEngine } from './load-engine.ts';

function engineFile(classes: string[], link: Link, base: number[], threshold = 0.5): EngineFile {
  const preparation: Preparation = {
    task: classes.length === 0 ? 'regression' : classes.length === 2 ? 'binary' : 'multiclass',
    target: 'y',
    classes,
    inputs: [{ name: 'x', type: 'number', nullable: true }],
    features: [{ kind: 'number', name: 'x', column: 'x' }],
    dropped: [],
    leakage: [],
  };
  const model: AdditiveModel = {
    link,
    outputs: base.length,
    base,
    trees: [],
    linear: [
      {
        kind: 'number',
        feature: 0,
        center: 0,
        scale: 1,
        weights: base.map((_, k) => k + 1),
        missingWeights: base.map(() => 0),
      },
    ],
    parts: [],
  };
  return { format: 1, preparation, model, decision: { threshold } };
}

describe('an engine', () => {
  it('answers numbers for regression', () => {
    const engine = loadEngine(engineFile([], 'identity', [10]));
    expect(engine.predict([{ x: 2.5 }, {}])).toEqual([
      { value: 12.5, score: 12.5 },
      { value: 10, score: 10 },
    ]);
  });

  it('answers the positive class from its threshold on', () => {
    const rows = [{ x: -1 }, { x: 0 }, { x: 1 }];
    const values = (threshold: number) =>
      loadEngine(engineFile(['no', 'yes'], 'logistic', [0], threshold))
        .predict(rows)
        .map((prediction) => prediction.value);
    expect(values(0.5)).toEqual(['no', 'yes', 'yes']);
    expect(values(0.6)).toEqual(['no', 'no', 'yes']);
  });

  it('answers the first of equally probable classes', () => {
    const [prediction] = loadEngine(engineFile(['a', 'b', 'c'], 'softmax', [1, 1, 1])).predict([{}]);
    expect(prediction).toEqual({
      value: 'a',
      score: 1 / 3,
      probabilities: { a: 1 / 3, b: 1 / 3, c: 1 / 3 },
    });
  });

  it('takes the target and what was left out, in bundles from before other columns were kept', () => {
    const file = engineFile([], 'identity', [10]);
    file.preparation.dropped = [{ name: 'id', reason: 'identifier', says: '' }];
    const engine = loadEngine(file);
    expect(engine.predict([{ x: 2.5, y: 12, id: 7 }])).toEqual([{ value: 12.5, score: 12.5 }]);
    expect(() => engine.predict([{ x: 2.5, z: 1 }])).toThrow(
      expect.objectContaining({ code: 'predict.unknown-column' }),
    );
  });

  it('answers the class of least expected cost, with its own probability as the score', () => {
    const file = engineFile(['a', 'b', 'c'], 'softmax', [1, 0, 0]);
    const costMatrix = [
      [0, 1, 1],
      [1, 0, 1],
      [9, 2, 0],
    ];
    const [probable] = loadEngine(file).predict([{}]);
    const decision = { threshold: 0.5, costMatrix };
    const [prediction] = loadEngine({ ...file, decision }).predict([{}]);
    const shares = prediction!.probabilities!;
    expect(probable!.value).toBe('a');
    expect(prediction).toEqual({ value: 'c', score: shares.c, probabilities: probable!.probabilities });
    const values = Float64Array.from(Object.values(shares));
    expect(answerOf(file.preparation, decision, { outputs: 3, values }, 0).value).toBe('c');
  });

  it('keeps a class called __proto__', () => {
    const [prediction] = loadEngine(engineFile(['a', '__proto__'], 'logistic', [3])).predict([{}]);
    expect(prediction!.value).toBe('__proto__');
    expect(Object.entries(prediction!.probabilities!).map(([name]) => name)).toEqual(['a', '__proto__']);
  });

  it.each([
    [[] as string[], 'exp' as Link, [0.1]],
    [['no', 'yes'], 'logistic' as Link, [0.1]],
    [['a', 'b', 'c'], 'softmax' as Link, [0.1, 0.2, 0.15]],
  ])('decides as pack does, for classes %j', (classes, link, base) => {
    const file = engineFile(classes, link, base, 0.55);
    for (const x of [-2, -0.1, 0, 0.1, 2]) {
      const [prediction] = loadEngine(file).predict([{ x }]);
      const values = Float64Array.from(outputsOf(prediction!, classes));
      const packed = answerOf(file.preparation, file.decision, { outputs: base.length, values }, 0);
      expect({ value: prediction!.value, probabilities: prediction!.probabilities }).toEqual({
        probabilities: undefined,
        ...packed,
      });
    }
  });

  it('predicts a part of the rows, with paths that count from the first', () => {
    const engine = loadEngine(engineFile([], 'identity', [0]));
    const rows = [{ x: 1 }, { x: 2 }, { x: 'three' }];
    expect(engine.predict(rows, 1, 2).map((prediction) => prediction.value)).toEqual([2]);
    expect(() => engine.predict(rows, 1)).toThrow(expect.objectContaining({ path: 'rows[2].x' }));
  });
});

/** What the model must have given for this prediction. */
function outputsOf(
  { score, probabilities }: { score: number; probabilities?: Record<string, number> },
  classes: string[],
) {
  return classes.length > 2 ? classes.map((name) => probabilities![name]!) : [score];
}

describe('golden rows', () => {
  const engine = loadEngine(engineFile(['no', 'yes'], 'logistic', [0]));
  const [good] = engine.predict([{ x: 1 }]);
  const golden = (value: string, yes: number) => ({
    golden: { rows: [{ x: 1 }], predictions: [{ value, probabilities: { no: 1 - yes, yes } }] },
  });

  it('pass when the answers agree', () => {
    expect(() => checkGolden(engine, golden('yes', good!.score + 1e-9))).not.toThrow();
  });

  it('fail on another class, another probability, or another number of answers', () => {
    for (const bad of [
      golden('no', good!.score),
      golden('yes', good!.score + 1e-3),
      { golden: { rows: [{ x: 1 }], predictions: [] } },
    ]) {
      expect(() => checkGolden(engine, bad)).toThrow(expect.objectContaining({ code: 'bundle.invalid' }));
    }
  });
});
