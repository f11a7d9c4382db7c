import { describe, expect, it } from 'vitest';
import type { EngineFile } from '../pack/index.ts';
import type { Link } from '../train/index.ts';
import { notFinite, requestRow } from './find-overflow.ts';
import { loadEngine } from './load-engine.ts';

/** A linear model of the columns, which adds them with the weights 1, 2, 3 and so on. */
function linear(columns: string[], link: Link, classes: string[] = []): EngineFile {
  const outputs = Math.max(1, classes.length === 2 ? 1 : classes.length);
  return {
    format: 1,
    preparation: {
      task: classes.length === 0 ? 'regression' : classes.length === 2 ? 'binary' : 'multiclass',
      target: 'y',
      classes,
      inputs: columns.map((name) => ({ name, type: 'number', nullable: true })),
      features: columns.map((name) => ({ kind: 'number', name, column: name })),
      dropped: [],
      leakage: [],
    },
    model: {
      link,
      outputs,
      base: new Array<number>(outputs).fill(0),
      trees: [],
      linear: columns.map((_, feature) => ({
        kind: 'number',
        feature,
        center: 0,
        scale: 1,
        weights: Array.from({ length: outputs }, (_, k) => (feature + 1) * (k + 1)),
        missingWeights: new Array<number>(outputs).fill(0),
      })),
      parts: [],
    },
    decision: { threshold: 0.5 },
  };
}

describe('a row whose result is not finite', () => {
  it('is refused with the row and the column that causes it', () => {
    const engine = loadEngine(linear(['a', 'total charges'], 'identity'));
    expect(() => engine.predict([{ a: 1 }, { a: 1e9, 'total charges': 1e50 }])).toThrow(
      expect.objectContaining({
        code: 'predict.not-finite',
        path: 'rows[1]["total charges"]',
        details: { row: 'rows[1]', cause: 'total charges = 1e+50', columns: ['total charges'] },
      }),
    );
  });

  it('is refused with every column that alone would do it', () => {
    const engine = loadEngine(linear(['a', 'b', 'c'], 'softmax', ['u', 'v', 'w']));
    expect(() => engine.predict([{ a: 1e50, b: 1, c: -1e60 }])).toThrow(
      expect.objectContaining({
        code: 'predict.not-finite',
        path: 'rows[0]',
        details: expect.objectContaining({ columns: ['a', 'c'] }),
      }),
    );
  });

  it('does not name a large value that does no harm', () => {
    const hasFiniteResult = (cells: readonly unknown[]) => cells[1] === null;
    const inputs = ['large', 'cause'].map((name) => ({ name, type: 'number' as const, nullable: true }));
    expect(notFinite(requestRow(0), inputs, [1e300, 1e60], hasFiniteResult).details.columns).toEqual([
      'cause',
    ]);
  });

  it('names no column where leaving all numbers out does not help', () => {
    const failure = notFinite(
      requestRow(2),
      [{ name: 'a', type: 'number', nullable: true }],
      [1],
      () => false,
    );
    expect([failure.path, failure.details.columns]).toEqual(['rows[2]', []]);
  });

  it('changes nothing for the rows after it', () => {
    const engine = loadEngine(linear(['a', 'b'], 'identity'));
    expect(() => engine.predict([{ a: 1e50, b: 2 }])).toThrow();
    expect(engine.predict([{ a: 1, b: 2 }])).toEqual([{ value: 5, score: 5 }]);
  });

  it('is refused where a number is beyond float32, although the limit of the function is finite', () => {
    const engine = loadEngine(linear(['a'], 'logistic', ['no', 'yes']));
    expect(engine.predict([{ a: 3e38 }])[0]).toMatchObject({ value: 'yes', score: 1 });
    for (const a of [3.5e38, 1e50, -1e300])
      expect(() => engine.predict([{ a }])).toThrow(
        expect.objectContaining({ code: 'predict.not-finite', path: 'rows[0].a' }),
      );
  });
});
