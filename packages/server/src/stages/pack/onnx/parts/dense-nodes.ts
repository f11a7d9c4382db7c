import { BEND, type DenseInputs, FURTHEST } from '../../../train/index.ts';
import type { FeatureNodes } from '../feature-nodes.ts';
import { addMatrix, cast } from '../feature-nodes.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { addRowsByCode } from '../rows-by-code.ts';
import { attribute, doubleTensor, int64Tensor } from '../tensors.ts';

/** Adds the dense inputs of all rows; returns a double tensor [N, width]. */
export function addDenseInputs(graph: GraphBuilder, inputs: DenseInputs, features: FeatureNodes): string {
  const numbers = inputs.numbers.length > 0 ? numberNodes(graph, inputs.numbers, features) : [];
  const categories = inputs.categories.map(({ feature, rows }) =>
    addRowsByCode(graph, rows, features.tensor(feature)),
  );
  return graph.node('Concat', [...numbers, ...categories], [attribute.int('axis', 1)]);
}

/** The bent numbers, and the flags that say which are missing. */
function numberNodes(graph: GraphBuilder, numbers: DenseInputs['numbers'], features: FeatureNodes): string[] {
  const scalar = (value: number) => graph.constant(doubleTensor([value], []));
  const matrix = addMatrix(
    graph,
    numbers.map(({ feature }) => features.tensor(feature)),
  );
  const centers = graph.constant(doubleTensor(numbers.map(({ center }) => center)));
  const scales = graph.constant(doubleTensor(numbers.map(({ scale }) => scale)));
  const missing = graph.node('IsNaN', [cast(graph, matrix, 'float')]);
  const scaled = graph.node('Div', [graph.node('Sub', [matrix, centers]), scales]);
  const filled = graph.node('Where', [missing, scalar(0), scaled]);
  const cut = graph.node('Clip', [filled, scalar(-FURTHEST), scalar(FURTHEST)]);
  const share = graph.node('Div', [cut, scalar(BEND)]);
  const length = graph.node('Sqrt', [graph.node('Add', [scalar(1), graph.node('Mul', [share, share])])]);
  const bent = graph.node('Div', [cut, length]);
  const flagged = [...numbers.keys()].filter((n) => numbers[n]!.flag);
  if (flagged.length === 0) return [bent];
  const flags = graph.node(
    'Gather',
    [cast(graph, missing, 'double'), graph.constant(int64Tensor(flagged))],
    [attribute.int('axis', 1)],
  );
  return [bent, flags];
}
