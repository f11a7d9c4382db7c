import type { FeatureSpec } from '../../prepare/index.ts';
import type { AdditiveModel, LinearTerm } from '../../train/index.ts';
import { addMatrix, cast } from './feature-nodes.ts';
import { type GraphBuilder, ML_DOMAIN } from './graph-builder.ts';
import { attribute, doubleTensor, int64Tensor } from './tensors.ts';
import { layOutEnsemble, type TreeEnsemble } from './tree-ensemble.ts';

/** What the model is added to: the features' float tensors [N], made when first asked for. */
export type FeatureNodes = { specs: readonly FeatureSpec[]; tensor(feature: number): string };

/** Adds the trees (some of which split) with the base; returns a double tensor [N, outputs]. */
export function addTrees(graph: GraphBuilder, model: AdditiveModel, features: FeatureNodes): string {
  const used = usedFeatures(model);
  const matrix = addMatrix(
    graph,
    used.map((feature) => features.tensor(feature)),
  );
  const ensemble = layOutEnsemble(
    model.trees,
    (feature) => used.indexOf(feature),
    (feature) => levelsOf(features.specs[feature]!),
  );
  const scores = graph.node('TreeEnsembleRegressor', [matrix], ensembleAttributes(ensemble, model), {
    domain: ML_DOMAIN,
  });
  // The base is added here since ONNX Runtime leaves out a base value whose target no tree adds to (1.30).
  return graph.node('Add', [cast(graph, scores, 'double'), graph.constant(doubleTensor(model.base))]);
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
  const rows = [...term.weights, term.missingWeights];
  const table = graph.constant(doubleTensor(rows.flat(), [rows.length, term.missingWeights.length]));
  const codes = cast(graph, features.tensor(term.feature), 'double');
  const missing = graph.node('IsNaN', [features.tensor(term.feature)]);
  const missingRow = graph.constant(doubleTensor([term.weights.length], []));
  const index = cast(graph, graph.node('Where', [missing, missingRow, codes]), 'int64');
  return graph.node('Gather', [table, index], [attribute.int('axis', 0)]);
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

function usedFeatures(model: AdditiveModel): number[] {
  const used = new Set(model.trees.flatMap((tree) => tree.feature.filter((feature) => feature >= 0)));
  return [...used].sort((a, b) => a - b);
}

function levelsOf(spec: FeatureSpec): number {
  return spec.kind === 'category' ? spec.levels.length + 1 : 0;
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

function ensembleAttributes(ensemble: TreeEnsemble, model: AdditiveModel) {
  return [
    attribute.int('n_targets', model.outputs),
    attribute.string('aggregate_function', 'SUM'),
    attribute.string('post_transform', 'NONE'),
    attribute.ints('nodes_treeids', ensemble.treeIds),
    attribute.ints('nodes_nodeids', ensemble.nodeIds),
    attribute.ints('nodes_featureids', ensemble.featureIds),
    attribute.strings('nodes_modes', ensemble.modes),
    attribute.tensor('nodes_values_as_tensor', doubleTensor(ensemble.values)),
    attribute.ints('nodes_truenodeids', ensemble.trueIds),
    attribute.ints('nodes_falsenodeids', ensemble.falseIds),
    attribute.ints('nodes_missing_value_tracks_true', ensemble.missingTracksTrue),
    attribute.ints('target_treeids', ensemble.targetTreeIds),
    attribute.ints('target_nodeids', ensemble.targetNodeIds),
    attribute.ints('target_ids', ensemble.targetIds),
    attribute.tensor('target_weights_as_tensor', doubleTensor(ensemble.targetWeights)),
  ];
}
