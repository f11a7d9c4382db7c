import { describe, expect, it } from 'vitest';
import { inProcessGraphs, randomFloats, valuesOf } from '../../../../testing/in-process-graphs.ts';
import { convolutionalNetwork } from '../../../../testing/network-graphs.ts';
import { type Graph, readGraph, writeGraph } from '../graph.ts';
import { simplifyGraph } from '../passes/index.ts';
import { seeValues } from '../seen.ts';
import { halfGraph } from './half-graph.ts';
import { halfWeights } from './half-weights.ts';
import { fromHalf, toHalf } from './to-half.ts';

const IMAGES = [randomFloats('image', [8, 2, 8, 8], 2)];

async function answers(graph: Graph): Promise<Float32Array> {
  const open = await inProcessGraphs.open(writeGraph(graph));
  try {
    return valuesOf((await open.run(IMAGES))[0]!);
  } finally {
    open.close();
  }
}

describe('halves', () => {
  it('come back as the bits they were, every one that is a number', () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter(
      (bits) => !Number.isNaN(fromHalf(bits)),
    );
    expect(toHalf(Float32Array.from(all, fromHalf))).toEqual(all);
  });

  it.each([
    [1 + 2 ** -11, 1],
    [1 + 3 * 2 ** -11, 1 + 2 ** -9],
    [65_519, 65_504],
    [65_520, Number.POSITIVE_INFINITY],
    [2 ** -25, 0],
    [3 * 2 ** -26, 2 ** -24],
    [-(2 ** -24), -(2 ** -24)],
    [Number.NaN, Number.NaN],
  ])('of %d is the nearest, ties to even: %d', (value, half) => {
    expect(fromHalf(toHalf([value])[0]!)).toBe(half);
  });
});

describe('a network', () => {
  it('whose weights are kept as halves is about half as large and answers as before', async () => {
    const graph = await simplifyGraph(readGraph(convolutionalNetwork(16)), IMAGES, inProcessGraphs);
    const lighter = halfWeights(graph)!;
    expect(writeGraph(lighter).byteLength).toBeLessThan(0.65 * writeGraph(graph).byteLength);
    const [expected, found] = [await answers(graph), await answers(lighter)];
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 1);
    expect(halfWeights(lighter)).toBeUndefined();
  });

  it('that computes in halves still takes and gives float32', async () => {
    const graph = await simplifyGraph(readGraph(convolutionalNetwork(16)), IMAGES, inProcessGraphs);
    const seen = await seeValues(graph, IMAGES, inProcessGraphs);
    const lighter = halfGraph(graph, seen)!;
    const values = await seeValues(lighter, IMAGES, inProcessGraphs);
    expect([...values.values()].filter(({ type }) => type === 'float32').length).toBe(2);
    const [expected, found] = [await answers(graph), await answers(lighter)];
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 0);
  });
});
