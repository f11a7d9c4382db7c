import { type Link, SMALLEST_MEAN } from '../../../train/index.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { doubleTensor } from '../tensors.ts';

/**
 * Turns means, a double tensor [N, outputs], into margins as train's `marginsOfMeans` does. For the logistic link there
 * are two columns of means, the share of the positive class and that of the negative one, since one minus a share that
 * was rounded to float32 has lost its digits.
 */
export function addMarginsOfMeans(
  graph: GraphBuilder,
  link: Link,
  floor: number,
  means: string,
  outputs: number,
): string {
  return MARGINS[link](graph, floor, means, outputs);
}

/** How many columns of means {@link addMarginsOfMeans} takes. */
export function meansFor(link: Link, outputs: number): number {
  return link === 'logistic' ? 2 : outputs;
}

const MARGINS: Record<Link, (graph: GraphBuilder, floor: number, means: string, outputs: number) => string> =
  {
    identity: (_, _floor, means) => means,
    exp: (graph, _, means) =>
      graph.node('Log', [graph.node('Max', [means, graph.constant(doubleTensor([SMALLEST_MEAN], []))])]),
    softmax: (graph, floor, means, outputs) => logOfMixed(graph, floor, means, outputs),
    logistic(graph, floor, means) {
      const logs = logOfMixed(graph, floor, means, 2);
      return graph.node('MatMul', [logs, graph.constant(doubleTensor([1, -1], [2, 1]))]);
    },
  };

/** log(floor + (1 - classes * floor) p) */
function logOfMixed(graph: GraphBuilder, floor: number, shares: string, classes: number): string {
  const kept = graph.constant(doubleTensor([1 - classes * floor], []));
  const mixed = graph.node('Add', [
    graph.node('Mul', [shares, kept]),
    graph.constant(doubleTensor([floor], [])),
  ]);
  return graph.node('Log', [mixed]);
}
