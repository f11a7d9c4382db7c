import { LEAST_BANDWIDTH, type Part } from '../../../train/index.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { attribute, doubleTensor, int64Tensor } from '../tensors.ts';
import { addDenseInputs } from './dense-nodes.ts';
import { addMarginsOfMeans, meansFor } from './margin-nodes.ts';
import type { PartSite } from './part-site.ts';

type NeighboursPart = Extract<Part, { kind: 'neighbours' }>;

/**
 * All distances at once by one product of matrices, in double, where what cancels in |x|² - 2 x·p + |p|² costs no
 * digit that matters; then the weight of every remembered row.
 */
export function addNeighbours(site: PartSite, part: NeighboursPart): string {
  const { graph, link, outputs } = site;
  const scalar = (value: number) => graph.constant(doubleTensor([value], []));
  const distances = addDistances(graph, part, addDenseInputs(graph, part.inputs, site.features));
  const bandwidth = graph.node('Add', [addBandwidth(graph, distances, part.k), scalar(LEAST_BANDWIDTH)]);
  const counts = graph.node('Max', [
    graph.node('Sub', [scalar(1), graph.node('Div', [distances, bandwidth])]),
    scalar(0),
  ]);
  const says = columnsOf(part.says, outputs, link === 'logistic');
  const prior = columnsOf(part.prior, outputs, link === 'logistic');
  const width = meansFor(link, outputs);
  const sums = graph.node('Add', [
    graph.node('MatMul', [counts, graph.constant(doubleTensor(says, [says.length / width, width]))]),
    graph.constant(doubleTensor(prior.map((share) => part.priorWeight * share))),
  ]);
  const mass = graph.node('Add', [sumOfRows(graph, counts), scalar(part.priorWeight)]);
  return addMarginsOfMeans(graph, link, part.floor, graph.node('Div', [sums, mass]), outputs);
}

/** [N, remembered rows] */
function addDistances(graph: GraphBuilder, { points, says, prior }: NeighboursPart, x: string): string {
  const rows = says.length / prior.length;
  const width = points.length / rows;
  const row = (r: number) => points.slice(r * width, (r + 1) * width);
  const all = Array.from({ length: rows }, (_, r) => row(r));
  const turned = Array.from({ length: width }, (_, i) => all.map((point) => -2 * point[i]!)).flat();
  const squares = all.map((point) => point.reduce((sum, value) => sum + value * value, 0));
  const products = graph.node('MatMul', [x, graph.constant(doubleTensor(turned, [width, rows]))]);
  const own = sumOfRows(graph, graph.node('Mul', [x, x]));
  const sums = graph.node('Add', [graph.node('Add', [products, graph.constant(doubleTensor(squares))]), own]);
  return graph.node('Max', [sums, graph.constant(doubleTensor([0], []))]);
}

/** The distance after the k-th smallest, [N, 1]. */
function addBandwidth(graph: GraphBuilder, distances: string, k: number): string {
  const smallest = graph.node(
    'TopK',
    [distances, graph.constant(int64Tensor([k + 1]))],
    [attribute.int('axis', 1), attribute.int('largest', 0), attribute.int('sorted', 1)],
    { unused: 1 },
  );
  return graph.node('Gather', [smallest, graph.constant(int64Tensor([k]))], [attribute.int('axis', 1)]);
}

/** [N, 1] */
function sumOfRows(graph: GraphBuilder, matrix: string): string {
  return graph.node('ReduceSum', [matrix, graph.constant(int64Tensor([1]))], [attribute.int('keepdims', 1)]);
}

/** Shares of the positive class with those of the negative one beside them; what else is said as it is. */
function columnsOf(says: readonly number[], outputs: number, isShare: boolean): number[] {
  return isShare && outputs === 1 ? says.flatMap((share) => [share, 1 - share]) : [...says];
}
