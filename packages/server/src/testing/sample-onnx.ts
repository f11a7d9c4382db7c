import { seededRandom } from '../kernel/index.ts';
import {
  attribute,
  floatTensor,
  type GraphBuilder,
  int64Tensor,
  newGraphBuilder,
} from '../stages/pack/index.ts';

/** Small models as other tools would export them. */

const INPUT_NAMES = ['x', 'image', 'text', 'n', 'scores', 'class', 'echo', 'y'];

function graphOf(build: (graph: GraphBuilder) => void): Uint8Array {
  const graph = newGraphBuilder(INPUT_NAMES);
  build(graph);
  return graph.finish('sample', {});
}

function randomWeights(seed: number, dims: number[]): ReturnType<typeof floatTensor> {
  const random = seededRandom(seed);
  const count = dims.reduce((product, size) => product * size, 1);
  return floatTensor(
    Array.from({ length: count }, () => random() - 0.5),
    dims,
  );
}

/** `x` [rows, 8] to `scores` [rows, 3] that sum to 1. */
export function denseModel(hidden = 16, seed = 1): Uint8Array {
  return graphOf((graph) => {
    graph.input('x', 'float', ['rows', 8]);
    const first = graph.node('MatMul', ['x', graph.constant(randomWeights(seed, [8, hidden]))]);
    const second = graph.node('MatMul', [
      graph.node('Relu', [first]),
      graph.constant(randomWeights(seed + 1, [hidden, 3])),
    ]);
    graph.node('Softmax', [second], [attribute.int('axis', -1)], { output: 'scores' });
    graph.output('scores', 'float', ['rows', 3]);
  });
}

/** `image` [rows, 3, height, width] to `scores` [rows, 4]. */
export function imageModel(): Uint8Array {
  return graphOf((graph) => {
    graph.input('image', 'float', ['rows', 3, 'height', 'width']);
    const convolved = graph.node(
      'Conv',
      ['image', graph.constant(randomWeights(3, [4, 3, 3, 3]))],
      [attribute.ints('kernel_shape', [3, 3])],
    );
    const pooled = graph.node('GlobalAveragePool', [graph.node('Relu', [convolved])]);
    graph.node('Flatten', [pooled], [attribute.int('axis', 1)], { output: 'scores' });
    graph.output('scores', 'float', ['rows', 4]);
  });
}

/** `n` [rows] to `y` [rows], the same 64-bit whole number. */
export function longModel(): Uint8Array {
  return graphOf((graph) => {
    graph.input('n', 'int64', ['rows']);
    graph.node('Identity', ['n'], [], { output: 'y' });
    graph.output('y', 'int64', ['rows']);
  });
}

/** `text` [rows] to `class` [rows] (0 for good, 1 for bad, -1 for any other) and `echo`, the text itself. */
export function textModel(): Uint8Array {
  return graphOf((graph) => {
    graph.input('text', 'string', ['rows']);
    const lists = { keys: ['good', 'bad'], values: [0, 1] };
    graph.node(
      'LabelEncoder',
      ['text'],
      [
        attribute.strings('keys_strings', lists.keys),
        attribute.ints('values_int64s', lists.values),
        attribute.int('default_int64', -1),
      ],
      { domain: 'ai.onnx.ml', output: 'class' },
    );
    graph.node('Identity', ['text'], [], { output: 'echo' });
    graph.output('class', 'int64');
    graph.output('echo', 'string');
  });
}

/** `x` [rows] to `y` [rows], what each is above the mean of all: rows that are not each other's strangers. */
export function mixingModel(): Uint8Array {
  return graphOf((graph) => {
    graph.input('x', 'float', ['rows']);
    const mean = graph.node('ReduceMean', ['x'], [attribute.ints('axes', [0])]);
    graph.node('Sub', ['x', mean], [], { output: 'y' });
    graph.output('y', 'float');
  });
}

/** `x` [rows] to `y` [rows], by adding 1 `turns` times, one after the other: about 2 µs a turn. For ever with Infinity. */
export function countingModel(turns: number): Uint8Array {
  return graphOf((graph) => {
    graph.input('x', 'float', ['rows']);
    const body = newGraphBuilder([...INPUT_NAMES, 'turn', 'go_in', 'go_out', 'sum_in', 'sum_out']);
    body.input('turn', 'int64', []);
    body.input('go_in', 'bool', []);
    body.input('sum_in', 'float', ['rows']);
    body.node('Identity', ['go_in'], [], { output: 'go_out' });
    body.node('Add', ['sum_in', body.constant(floatTensor([1], []))], [], { output: 'sum_out' });
    body.output('go_out', 'bool', []);
    body.output('sum_out', 'float', ['rows']);
    const limit = Number.isFinite(turns) ? graph.constant(int64Tensor([turns], [])) : '';
    const go = graph.node('Cast', [graph.constant(int64Tensor([1], []))], [attribute.int('to', 9)]);
    graph.node('Loop', [limit, go, 'x'], [attribute.graph('body', body.body('turn'))], { output: 'y' });
    graph.output('y', 'float');
  });
}

/** `x` [rows, 1] to `y` [rows, `width`], each value `width` times: as a mask of so many pixels. */
export function wideModel(width: number): Uint8Array {
  return graphOf((graph) => {
    graph.input('x', 'float', ['rows', 1]);
    graph.node('Expand', ['x', graph.constant(int64Tensor([1, width], [2]))], [], { output: 'y' });
    graph.output('y', 'float', ['rows', width]);
  });
}

/** `x` [rows] to `y` [rows], by way of a tensor of `gigabytes`. */
export function greedyModel(gigabytes: number): Uint8Array {
  return graphOf((graph) => {
    graph.input('x', 'float', ['rows']);
    const shape = graph.constant(int64Tensor([gigabytes * 256, 1024, 1024]));
    const room = graph.node('ConstantOfShape', [shape]);
    const sum = graph.node('ReduceMax', [room], [attribute.int('keepdims', 0)]);
    graph.node('Add', ['x', sum], [], { output: 'y' });
    graph.output('y', 'float');
  });
}

/**
 * `X` [rows, k] to `output_label` [rows] (the place of the class) and `output_probability` [rows, classes], the softmax of X·W + b: as
 * scikit-learn's logistic regression is exported. `weights` has a list for each feature.
 */
export function classifierModel(weights: number[][], bias: number[]): Uint8Array {
  const graph = newGraphBuilder(['X', 'output_label', 'output_probability']);
  const classes = bias.length;
  graph.input('X', 'float', ['rows', weights.length]);
  const product = graph.node('MatMul', [
    'X',
    graph.constant(floatTensor(weights.flat(), [weights.length, classes])),
  ]);
  const sum = graph.node('Add', [product, graph.constant(floatTensor(bias, [classes]))]);
  graph.node('Softmax', [sum], [attribute.int('axis', -1)], { output: 'output_probability' });
  graph.node('ArgMax', [sum], [attribute.int('axis', 1), attribute.int('keepdims', 0)], {
    output: 'output_label',
  });
  graph.output('output_label', 'int64', ['rows']);
  graph.output('output_probability', 'float', ['rows', classes]);
  return graph.finish('sample', {});
}

/** `age` [rows, 1] of float32 and `visits` [rows, 1] of int64 to `variable` [rows, 1], 2·age + visits. */
export function columnsModel(): Uint8Array {
  const graph = newGraphBuilder(['age', 'visits', 'variable']);
  graph.input('age', 'float', ['rows', 1]);
  graph.input('visits', 'int64', ['rows', 1]);
  const twice = graph.node('Mul', ['age', graph.constant(floatTensor([2], [1]))]);
  const visits = graph.node('Cast', ['visits'], [attribute.int('to', 1)]);
  graph.node('Add', [twice, visits], [], { output: 'variable' });
  graph.output('variable', 'float', ['rows', 1]);
  return graph.finish('sample', {});
}
