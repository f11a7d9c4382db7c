import { seededRandom } from '../kernel/index.ts';
import { attribute, floatTensor, type GraphBuilder, newGraphBuilder } from '../stages/pack/index.ts';

/** Networks as exporters write them: nodes that do nothing among those that do. */

export function weights(seed: number, dims: number[], by = 1): ReturnType<typeof floatTensor> {
  const random = seededRandom(seed);
  const count = dims.reduce((product, size) => product * size, 1);
  return floatTensor(
    Array.from({ length: count }, () => by * (2 * random() - 1)),
    dims,
  );
}

export function graphOf(build: (graph: GraphBuilder) => void): Uint8Array {
  const graph = newGraphBuilder(['x', 'y', 'image', 'scores']);
  build(graph);
  return graph.finish('sample', {});
}

/** `image` [n, 2, 8, 8] to `scores` [n, 4]: convolutions, batch normalization, pooling, two layers. */
export function convolutionalNetwork(channels = 8): Uint8Array {
  return graphOf((graph) => {
    graph.input('image', 'float', ['n', 2, 8, 8]);
    let value = graph.node('Identity', ['image']);
    for (const [seed, inputs] of [
      [1, 2],
      [11, channels],
    ] as const) {
      value = graph.node(
        'Conv',
        [
          value,
          graph.constant(weights(seed, [channels, inputs, 3, 3], 0.5)),
          graph.constant(weights(seed + 1, [channels])),
        ],
        [attribute.ints('kernel_shape', [3, 3]), attribute.ints('pads', [1, 1, 1, 1])],
      );
      const positive = floatTensor(Array.from({ length: channels }, (_, c) => 0.5 + c / 10));
      const norm = [2, 3].map((more) => graph.constant(weights(seed + more, [channels], 0.3)));
      value = graph.node('BatchNormalization', [
        value,
        graph.constant(positive),
        ...norm,
        graph.constant(positive),
      ]);
      value = graph.node(
        'MaxPool',
        [graph.node('Relu', [value])],
        [attribute.ints('kernel_shape', [2, 2]), attribute.ints('strides', [2, 2])],
      );
    }
    value = graph.node('Dropout', [graph.node('Flatten', [value])]);
    const hidden = graph.node('Gemm', [
      value,
      graph.constant(weights(31, [channels * 4, 16], 0.5)),
      graph.constant(weights(32, [16])),
    ]);
    const last = graph.node('MatMul', [graph.node('Relu', [hidden]), graph.constant(weights(33, [16, 4]))]);
    graph.node('Add', [last, graph.constant(weights(34, [4]))], [], { output: 'scores' });
    graph.output('scores', 'float', ['n', 4]);
  });
}
