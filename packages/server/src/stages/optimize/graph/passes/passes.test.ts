import { describe, expect, it } from 'vitest';
import { inProcessGraphs, randomFloats, valuesOf } from '../../../../testing/in-process-graphs.ts';
import { convolutionalNetwork, graphOf, weights } from '../../../../testing/network-graphs.ts';
import { attribute, floatTensor, int64Tensor } from '../../../pack/index.ts';
import type { NamedTensor } from '../../model.ts';
import { type Constant, ELEMENT, type Graph, readGraph, writeGraph } from '../graph.ts';
import { seeValues } from '../seen.ts';
import { foldConstants } from './fold-constants.ts';
import { GRAPH_PASSES, simplifyGraph } from './index.ts';
import { mergeEqualNodes } from './merge-equal-nodes.ts';

const X = [randomFloats('x', [5, 6], 1)];
const IMAGES = [randomFloats('image', [3, 2, 8, 8], 2)];

async function answers(graph: Graph, inputs: readonly NamedTensor[]): Promise<number[]> {
  const open = await inProcessGraphs.open(writeGraph(graph));
  try {
    return (await open.run(inputs)).flatMap((tensor) => [...valuesOf(tensor)]);
  } finally {
    open.close();
  }
}

async function same(before: Graph, after: Graph, inputs: readonly NamedTensor[]): Promise<void> {
  const [expected, found] = [await answers(before, inputs), await answers(after, inputs)];
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
}

async function passed(pass: string, model: Uint8Array, inputs = X): Promise<Graph> {
  const graph = readGraph(model);
  const after = GRAPH_PASSES[pass]!(graph, await seeValues(graph, inputs, inProcessGraphs));
  await same(graph, after, inputs);
  return after;
}

const kinds = ({ nodes }: Graph) => nodes.map(({ opType }) => opType);

describe('a pass over a graph answers as before and', () => {
  it('takes out nodes and constants that nobody reads', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      graph.node('MatMul', ['x', graph.constant(weights(1, [6, 9]))]);
      graph.node('Relu', ['x'], [], { output: 'y' });
      graph.output('y', 'float', ['n', 6]);
    });
    const after = await passed('dead nodes', model);
    expect([kinds(after), after.constants.size]).toEqual([['Relu'], 0]);
  });

  it('takes out what hands its input on, and keeps the names of inputs and outputs', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const cast = graph.node('Cast', [graph.node('Identity', ['x'])], [attribute.int('to', 1)]);
      const relu = graph.node('Relu', [graph.node('Dropout', [cast])]);
      graph.node('Identity', [relu], [], { output: 'y' });
      graph.output('y', 'float', ['n', 6]);
    });
    expect(kinds(await passed('identities', model))).toEqual(['Relu']);
  });

  it('keeps an Identity between an input and an output, which have two names', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      graph.node('Identity', ['x'], [], { output: 'y' });
      graph.output('y', 'float', ['n', 6]);
    });
    expect(kinds(await passed('identities', model))).toEqual(['Identity']);
  });

  it('keeps one of several nodes that do the same', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const twice = [1, 2].map(() => graph.node('Flatten', ['x'], [attribute.int('axis', 1)]));
      graph.node('Add', twice, [], { output: 'y' });
      graph.output('y', 'float', ['n', 6]);
    });
    const after = await passed('equal nodes', model);
    expect(kinds(after)).toEqual(['Flatten', 'Add']);
  });

  it('keeps one of several equal constants, whichever field their values lie in', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const sum = [1, 2, 3, 4].reduce(
        (before, at) => graph.node('Add', [before, graph.constant(weights(at, [6]))]),
        'x',
      );
      graph.node('Identity', [sum], [], { output: 'y' });
      graph.output('y', 'float', ['n', 6]);
    });
    const graph = readGraph(model);
    const kept = (values: readonly Partial<Constant>[]) => {
      const constants = new Map(
        [...graph.constants.keys()].map((name, at): [string, Constant] => [
          name,
          { dims: [1], dataType: ELEMENT.uint64, ...values[at] },
        ]),
      );
      return mergeEqualNodes({ ...graph, constants }).constants.size;
    };
    expect(kept([1, 2, 2, 2 ** 40].map((value) => ({ uint64Data: [value] })))).toBe(3);
    const uint32 = { dataType: ELEMENT.uint32 };
    expect(kept([1, 2, 1, 2].map((value) => ({ ...uint32, uint64Data: [value] })))).toBe(2);
    expect(kept([{}, {}, {}, {}])).toBe(4);
    expect(kept([1, 2, 3, 4].map(() => ({ dims: [0] })))).toBe(1);
  });

  it('puts batch normalization into the convolution before it', async () => {
    const after = await passed('batch normalization', convolutionalNetwork(), IMAGES);
    expect(kinds(after)).not.toContain('BatchNormalization');
  });

  it('leaves batch normalization behind a value that others read', async () => {
    const model = graphOf((graph) => {
      graph.input('image', 'float', ['n', 2, 8, 8]);
      const conv = graph.node('Conv', ['image', graph.constant(weights(1, [2, 2, 1, 1]))]);
      const one = graph.constant(floatTensor([1, 2]));
      const norm = graph.node('BatchNormalization', [conv, one, one, one, one]);
      graph.node('Add', [conv, norm], [], { output: 'y' });
      graph.output('y', 'float', ['n', 2, 8, 8]);
    });
    expect(kinds(await passed('batch normalization', model, IMAGES))).toContain('BatchNormalization');
  });

  it('makes one Gemm of a product and its bias', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const product = graph.node('MatMul', ['x', graph.constant(weights(1, [6, 3]))]);
      graph.node('Add', [graph.constant(weights(2, [3])), product], [], { output: 'y' });
      graph.output('y', 'float', ['n', 3]);
    });
    const after = await passed('matrix products', model);
    expect(kinds(after)).toEqual(['Gemm']);
  });

  it('computes what depends on constants alone, by any operator', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const turned = graph.node(
        'Transpose',
        [graph.constant(weights(1, [3, 6]))],
        [attribute.ints('perm', [1, 0])],
      );
      const root = graph.node('Sqrt', [graph.node('Abs', [turned])]);
      const shape = graph.node(
        'Concat',
        [graph.constant(int64Tensor([-1])), graph.constant(int64Tensor([3]))],
        [attribute.int('axis', 0)],
      );
      graph.node('Reshape', [graph.node('MatMul', ['x', root]), shape], [], { output: 'y' });
      graph.output('y', 'float', ['n', 3]);
    });
    const graph = readGraph(model);
    const after = await foldConstants(graph, inProcessGraphs);
    expect(kinds(after)).toEqual(['MatMul', 'Reshape']);
    await same(graph, after, X);
  });

  it('does not write out what would make the file larger', async () => {
    const model = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const room = graph.node('ConstantOfShape', [graph.constant(int64Tensor([512, 512]))]);
      graph.node('Add', ['x', graph.node('ReduceSum', [room], [attribute.int('keepdims', 0)])], [], {
        output: 'y',
      });
      graph.output('y', 'float', ['n', 6]);
    });
    const wide = graphOf((graph) => {
      graph.input('x', 'float', ['n', 6]);
      const room = graph.node('ConstantOfShape', [graph.constant(int64Tensor([6, 20_000]))]);
      graph.node('MatMul', ['x', room], [], { output: 'y' });
      graph.output('y', 'float', ['n', 20_000]);
    });
    expect(kinds(await foldConstants(readGraph(model), inProcessGraphs))).toEqual(['Add']);
    expect(kinds(await foldConstants(readGraph(wide), inProcessGraphs))).toEqual([
      'ConstantOfShape',
      'MatMul',
    ]);
  });
});

describe('all passes together', () => {
  it('leave of a network as it is exported what computes', async () => {
    const graph = readGraph(convolutionalNetwork());
    const simple = await simplifyGraph(graph, IMAGES, inProcessGraphs);
    const layer = ['Conv', 'Relu', 'MaxPool'];
    expect(kinds(simple)).toEqual([...layer, ...layer, 'Flatten', 'Gemm', 'Relu', 'Gemm']);
    await same(graph, simple, IMAGES);
  });

  it('read weights that lie in a Buffer as those in an array', async () => {
    const graph = readGraph(Buffer.from(convolutionalNetwork()));
    await same(graph, await simplifyGraph(graph, IMAGES, inProcessGraphs), IMAGES);
  });
});
