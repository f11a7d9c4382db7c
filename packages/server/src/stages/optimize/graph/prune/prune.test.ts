import { describe, expect, it } from 'vitest';
import { inProcessGraphs, randomFloats, valuesOf } from '../../../../testing/in-process-graphs.ts';
import { convolutionalNetwork, graphOf, weights } from '../../../../testing/network-graphs.ts';
import { attribute, floatTensor } from '../../../pack/index.ts';
import type { NamedTensor } from '../../model.ts';
import { dimsOf } from '../constants.ts';
import { type Graph, readGraph, writeGraph } from '../graph.ts';
import { simplifyGraph } from '../passes/index.ts';
import { seeValues } from '../seen.ts';
import { chainsOf } from './chains.ts';
import { pruneUnits } from './prune-units.ts';
import { removeUnits } from './remove-units.ts';
import { scoreUnits } from './score-units.ts';
import { zeroWeights } from './zero-weights.ts';

const X = [randomFloats('x', [64, 6], 1)];
const IMAGES = [randomFloats('image', [16, 2, 8, 8], 2)];

async function answers(graph: Graph, inputs: readonly NamedTensor[]): Promise<Float32Array> {
  const open = await inProcessGraphs.open(writeGraph(graph));
  try {
    return valuesOf((await open.run(inputs))[0]!);
  } finally {
    open.close();
  }
}

async function chains(graph: Graph, inputs: readonly NamedTensor[]) {
  const found = chainsOf(graph, await seeValues(graph, inputs, inProcessGraphs));
  return { found, scores: await scoreUnits(graph, found, [inputs], inProcessGraphs) };
}

/** Eight units of which the last four say the same whatever comes: their biases alone. */
function halfIdle(turned: boolean): Uint8Array {
  const first = Array.from({ length: 48 }, (_, i) => (i % 8 < 4 ? Math.sin(i) : 0));
  const second = Array.from({ length: 24 }, (_, i) => Math.cos(i));
  return graphOf((graph) => {
    graph.input('x', 'float', ['n', 6]);
    const hidden = graph.node('Gemm', [
      'x',
      graph.constant(floatTensor(first, [6, 8])),
      graph.constant(floatTensor([0, 0, 0, 0, 1, 2, 3, 4])),
    ]);
    const turnedBack = Array.from({ length: 24 }, (_, i) => second[(i % 8) * 3 + Math.floor(i / 8)]!);
    const matrix = turned ? floatTensor(turnedBack, [3, 8]) : floatTensor(second, [8, 3]);
    graph.node(
      'Gemm',
      [graph.node('Relu', [hidden]), graph.constant(matrix), graph.constant(weights(3, [3]))],
      [attribute.int('transB', Number(turned)), attribute.float('alpha', 0.5)],
      { output: 'y' },
    );
    graph.output('y', 'float', ['n', 3]);
  });
}

describe('hidden units that say the same whatever comes', () => {
  it.each([false, true])('go without a trace, told in the next bias (weights turned: %s)', async (turned) => {
    const graph = readGraph(halfIdle(turned));
    const { found, scores } = await chains(graph, X);
    expect(found).toMatchObject([{ units: 8, each: 1 }]);
    expect([...scores[0]!.worth].map((worth) => worth > 1e-6)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    const lighter = removeUnits(graph, found, scores, [[0, 1, 2, 3]]);
    const [expected, given] = [await answers(graph, X), await answers(lighter, X)];
    for (const [i, value] of given.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });
});

describe('channels of convolutions', () => {
  it('that are zero go with what pools, flattens and multiplies them behind', async () => {
    const graph = await simplifyGraph(readGraph(convolutionalNetwork(8)), IMAGES, inProcessGraphs);
    const { found, scores } = await chains(graph, IMAGES);
    expect(found.map(({ units, each }) => [units, each])).toEqual([
      [8, 1],
      [8, 4],
      [16, 1],
    ]);
    const keep = [[0, 1, 2, 3, 4, 5], [1, 2, 4, 7], [...Array(16).keys()]];
    const lighter = removeUnits(graph, found, scores, keep);
    const shapes = [...lighter.constants.values()].map((constant) => dimsOf(constant).join());
    expect(shapes).toEqual(expect.arrayContaining(['6,2,3,3', '4,6,3,3', '16,16']));
    // Silencing the same channels where they stand gives the same answers.
    const silenced = new Map(graph.constants);
    for (const [at, chain] of found.slice(0, 2).entries())
      for (const name of chain.first.input.slice(1)) {
        const constant = silenced.get(name)!;
        const values = new Float32Array(new Uint8Array(constant.rawData!).buffer);
        const each = values.length / 8;
        silenced.set(name, {
          ...constant,
          rawData: new Uint8Array(
            values.map((value, i) => (keep[at]!.includes(Math.floor(i / each)) ? value : 0)).buffer,
          ),
        });
      }
    const expected = await answers({ ...graph, constants: silenced }, IMAGES);
    const given = await answers(lighter, IMAGES);
    for (const [i, value] of given.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });

  it('go as far as answers allow, and no further', async () => {
    const graph = await simplifyGraph(readGraph(convolutionalNetwork(8)), IMAGES, inProcessGraphs);
    const { found, scores } = await chains(graph, IMAGES);
    expect(await pruneUnits(graph, found, scores, async () => false)).toBeUndefined();
    const all = await pruneUnits(graph, found, scores, async () => true);
    expect(all!.removed).toBeGreaterThan(20);
    const half = await pruneUnits(graph, found, scores, async ({ constants }) => {
      const sizes = [...constants.values()].map((constant) => dimsOf(constant).reduce((a, b) => a * b, 1));
      return sizes.reduce((a, b) => a + b, 0) > 700;
    });
    expect(half!.removed).toBeGreaterThan(0);
    expect(half!.removed).toBeLessThan(all!.removed);
  });
});

describe('weights that are zero', () => {
  it('are not stored, and the runtime reads what is left', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const wide = graph.node('MatMul', ['x', graph.constant(weights(1, [6, 200]))]);
      graph.node('MatMul', [wide, graph.constant(weights(2, [200, 50]))], [], { output: 'y' });
      graph.output('y', 'float', ['n', 50]);
    });
    const graph = readGraph(model);
    const lighter = zeroWeights(graph, 0.9);
    expect(writeGraph(lighter).byteLength).toBeLessThan(0.4 * model.byteLength);
    expect((await answers(lighter, X)).length).toBe(64 * 50);
    const dense = await answers(zeroWeights(graph, 0), X);
    const expected = await answers(graph, X);
    for (const [i, value] of dense.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(0.01);
  });
});
