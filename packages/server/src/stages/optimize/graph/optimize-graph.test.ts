import { describe, expect, it } from 'vitest';
import { floats, inProcessGraphs, randomFloats } from '../../../testing/in-process-graphs.ts';
import { convolutionalNetwork, graphOf } from '../../../testing/network-graphs.ts';
import { countingModel } from '../../../testing/sample-onnx.ts';
import type { NamedTensor, Preference } from '../model.ts';
import { type Judge, judgeByFormer, judgeByLabels } from './answers.ts';
import { readGraph } from './graph.ts';
import { toHalf } from './half/to-half.ts';
import { optimizeGraph } from './optimize-graph.ts';

const CLASSES = ['a', 'b', 'c', 'd'];

function optimized(
  model: Uint8Array,
  rows: readonly NamedTensor[],
  asked: {
    maxLoss?: number;
    preference?: Preference;
    losslessOnly?: string;
    judge?: (former: never) => Judge;
  } = {},
) {
  return optimizeGraph(
    {
      model,
      judged: [rows],
      judgeOf: (former) => asked.judge?.(former as never) ?? judgeByFormer(former, [], false),
      calibration: [rows],
      timed: { one: rows, thousand: undefined },
      maxLoss: asked.maxLoss ?? 0.05,
      preference: asked.preference ?? 'size',
      losslessOnly: asked.losslessOnly,
      progress: () => {},
    },
    inProcessGraphs,
  );
}

describe('a network', () => {
  it('is tried in every form, and the smallest that keeps its answers is given', {
    timeout: 120_000,
  }, async () => {
    const model = convolutionalNetwork(16);
    const rows = [randomFloats('image', [40, 2, 8, 8], 4)];
    const { table, chosen, model: lighter, allowance } = await optimized(model, rows);
    expect(table[0]).toMatchObject({
      technique: 'as it is',
      outcome: 'before',
      bytes: model.byteLength,
      quality: 1,
    });
    expect(table.filter(({ outcome }) => outcome === 'chosen')).toEqual([table[chosen]]);
    expect(lighter!.byteLength).toBeLessThan(model.byteLength / 2);
    expect(lighter!.byteLength).toBe(table[chosen]!.bytes);
    expect(table[chosen]!.quality).toBeGreaterThanOrEqual(allowance.worst);
    const said = new Set(table.map(({ technique }) => technique));
    for (const technique of [
      'simplified graph',
      'fewer units',
      'float16',
      'int8 dynamic',
      'int8 static, entropy',
    ])
      expect(said).toContain(technique);
    expect(readGraph(lighter!).outputs.map(({ name }) => name)).toEqual(['scores']);
  });

  it('of which nobody has rows is only simplified, and the table says why', { timeout: 60_000 }, async () => {
    const rows = [randomFloats('image', [4, 2, 8, 8], 4)];
    const { table } = await optimized(convolutionalNetwork(8), rows, { losslessOnly: 'there are no rows' });
    const [, simplified, ...others] = table;
    expect(simplified).toMatchObject({ technique: 'simplified graph', says: '15 nodes became 10' });
    expect(new Set(others.map(({ says, outcome }) => `${outcome} ${says}`))).toEqual(
      new Set(['inapplicable there are no rows']),
    );
  });
});

describe('a graph in which there is nothing to make lighter', () => {
  it('stays as it is, each technique with its reason', { timeout: 60_000 }, async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      graph.node('Relu', ['x'], [], { output: 'y' });
      graph.output('y', 'float', ['n', 6]);
    });
    const { model: lighter, table, chosen } = await optimized(model, [randomFloats('x', [8, 6], 1)]);
    expect([lighter, chosen]).toEqual([undefined, 0]);
    const reasons = Object.fromEntries(table.map(({ technique, says }) => [technique, says]));
    expect(reasons).toMatchObject({
      'fewer units': expect.stringContaining('no two layers'),
      'int8 dynamic': 'no MatMul or Gemm has constant float32 weights to quantize',
      'int8 static, min-max': expect.stringContaining('no MatMul, Gemm or Conv'),
      'float16 weights': 'there are no float32 constants that halves can hold',
    });
  });

  it('has loops, which stay whole', { timeout: 60_000 }, async () => {
    const { table } = await optimized(countingModel(3), [floats('x', [2], [1, 2])]);
    expect(table.find(({ technique }) => technique === 'float16')?.says).toBe('it has branches or loops');
    expect(table[1]).toMatchObject({ technique: 'simplified graph', quality: 1 });
  });
});

describe('answers', () => {
  const scores = floats('scores', [3, 4], [0, 1, 0, 0, 9, 1, 0, 0, 0, 0, 0, 2]);

  it('are judged by classes, told by name or place', () => {
    expect(judgeByLabels(['b', 'a', 'c'], CLASSES, true).qualityOf([[scores]])).toBeCloseTo(2 / 3);
    expect(judgeByLabels([1, 0, 3], [], true).qualityOf([[scores]])).toBe(1);
  });

  it('are judged by the answers before where nobody knows the right ones', () => {
    const judge = judgeByFormer([[scores]], CLASSES, true);
    expect(judge.qualityOf([[scores]])).toBe(1);
    expect(judge.qualityOf([[floats('scores', [3, 4], [1, 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 2])]])).toBeCloseTo(
      2 / 3,
    );
    expect(judgeByFormer([[scores]], [], false).qualityOf([[scores]])).toBe(1);
  });

  it('that are numbers are judged by the variance they explain', () => {
    const judge = judgeByLabels([1, 2, 3], [], false);
    expect(judge.qualityOf([[floats('y', [3, 1], [1, 2, 3])]])).toBe(1);
    expect(judge.qualityOf([[floats('y', [3, 1], [2, 2, 2])]])).toBe(0);
  });

  it('in halves are read as numbers', () => {
    const halves = (values: number[]): NamedTensor => ({
      name: 'scores',
      type: 'float16',
      shape: [2, 3],
      bytes: new Uint8Array(toHalf(values).buffer),
    });
    const former = halves([0, 1, 0, 0, 0, 2]);
    const other = halves([3, 1, 0, 0, 0, 2]);
    const judge = judgeByFormer([[former]], ['a', 'b', 'c'], true);
    expect([judge.qualityOf([[former]]), judge.qualityOf([[other]])]).toEqual([1, 0.5]);
    expect(judgeByFormer([[former]], [], false).qualityOf([[other]])).toBeLessThan(1);
  });

  it('of a type that nobody can read have no quality', () => {
    const unread: NamedTensor = {
      name: 'scores',
      type: 'float8e4m3fn',
      shape: [2, 3],
      bytes: new Uint8Array(6),
    };
    expect(judgeByFormer([[unread]], ['a', 'b', 'c'], true).qualityOf([[unread]])).toBeNaN();
    expect(judgeByLabels([0, 0], [], true).qualityOf([[unread]])).toBeNaN();
    expect(judgeByFormer([[unread, scores]], [], false).qualityOf([[unread, scores]])).toBeNaN();
  });

  it('to other rows than were asked have no quality', () => {
    expect(judgeByLabels([1, 0], [], true).qualityOf([[scores]])).toBeNaN();
  });
});
