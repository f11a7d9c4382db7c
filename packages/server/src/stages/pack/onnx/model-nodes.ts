import { powerOfTwo } from '../../prepare/index.ts';
import type { AdditiveModel, LinearTerm } from '../../train/index.ts';
import { addEnsemble } from './ensemble-nodes.ts';
import { addMatrix, cast, type FeatureNodes } from './feature-nodes.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { addRowsByCode } from './rows-by-code.ts';
import { attribute, doubleTensor, int64Tensor } from './tensors.ts';

/** Adds the trees (some of which split) with the base; returns a double tensor [N, outputs]. */
export function addTrees(graph: GraphBuilder, model: AdditiveModel, features: FeatureNodes): string {
  const unit = unitOfLeaves(model);
  const trees = model.trees.map((tree) => ({
    splits: tree,
    leaf: (node: number) => [[tree.output, tree.value[node]! / unit]] as const,
  }));
  const sums = addEnsemble(graph, trees, usedFeatures(model), model.outputs, features);
  // The base is added here since ONNX Runtime leaves out a base value whose target no tree adds to (1.30).
  const base = model.base.map((value) => value / unit);
  const scores = graph.node('Add', [sums, graph.constant(doubleTensor(base))]);
  return unit === 1 ? scores : graph.node('Mul', [scores, graph.constant(doubleTensor([unit], []))]);
}

/** Adds the number terms; returns a double tensor [N, outputs]. */
export function addNumberTerms(
  graph: GraphBuilder,
  terms: readonly Extract<LinearTerm, { kind: 'number' }>[],
  features: FeatureNodes,
): string {
  const matrix = addMatrix(
    graph,
    terms.map((term) => features.tensor(term.feature)),
  );
  const centers = graph.constant(doubleTensor(terms.map((term) => term.center)));
  const scales = graph.constant(doubleTensor(terms.map((term) => term.scale)));
  const scaled = graph.node('Div', [graph.node('Sub', [matrix, centers]), scales]);
  const missing = graph.node('IsNaN', [cast(graph, matrix, 'float')]);
  const filled = graph.node('Where', [missing, graph.constant(doubleTensor([0], [])), scaled]);
  const present = graph.node('MatMul', [filled, weightMatrix(graph, terms, 'weights')]);
  const absent = graph.node('MatMul', [
    cast(graph, missing, 'double'),
    weightMatrix(graph, terms, 'missingWeights'),
  ]);
  return graph.node('Add', [present, absent]);
}

/** Adds one category term as a look-up of its row of weights; returns a double tensor [N, outputs]. */
export function addCategoryTerm(
  graph: GraphBuilder,
  term: Extract<LinearTerm, { kind: 'category' }>,
  features: FeatureNodes,
): string {
  return addRowsByCode(graph, [...term.weights, term.missingWeights], features.tensor(term.feature));
}

/** The same scores for every row; `anyColumn`, a tensor [N], gives the number of rows. */
export function addBase(graph: GraphBuilder, base: readonly number[], anyColumn: string): string {
  const rows = graph.node('Shape', [anyColumn]);
  const shape = graph.node(
    'Concat',
    [rows, graph.constant(int64Tensor([base.length]))],
    [attribute.int('axis', 0)],
  );
  return graph.node('Expand', [graph.constant(doubleTensor(base, [1, base.length])), shape]);
}

/** Sizes of leaves between which sums of them keep their digits as float32 numbers, which the operator gives. */
const LEAVES = { least: 2 ** -60, most: 2 ** 60 };

/**
 * A power of two that leaves and base are divided by, and their sums multiplied with. Besides the sums, a base of 1e-50
 * needs it: ONNX Runtime takes a summand that is nought as a float32 for nought, and leaves it out (1.30).
 */
function unitOfLeaves({ trees }: AdditiveModel): number {
  let largest = 0;
  for (const { value } of trees) for (const score of value) largest = Math.max(largest, Math.abs(score));
  const isUsual = largest === 0 || (largest >= LEAVES.least && largest <= LEAVES.most);
  return isUsual || !Number.isFinite(largest) ? 1 : powerOfTwo(largest);
}

function usedFeatures(model: AdditiveModel): number[] {
  const used = new Set(model.trees.flatMap((tree) => tree.feature.filter((feature) => feature >= 0)));
  return [...used].sort((a, b) => a - b);
}

function weightMatrix(
  graph: GraphBuilder,
  terms: readonly Extract<LinearTerm, { kind: 'number' }>[],
  key: 'weights' | 'missingWeights',
): string {
  return graph.constant(
    doubleTensor(
      terms.flatMap((term) => term[key]),
      [terms.length, terms[0]![key].length],
    ),
  );
}
