import { levelCount } from '../../prepare/index.ts';
import type { FeatureNodes } from './feature-nodes.ts';
import { addMatrix, cast } from './feature-nodes.ts';
import { type GraphBuilder, ML_DOMAIN } from './graph-builder.ts';
import { attribute, doubleTensor } from './tensors.ts';
import { type EnsembleTree, layOutEnsemble, type TreeEnsemble } from './tree-ensemble.ts';

/**
 * Adds the sum over trees of what their leaves add to each target; returns a double tensor [N, targets]. `used` are
 * the features that some tree splits on.
 */
export function addEnsemble(
  graph: GraphBuilder,
  trees: readonly EnsembleTree[],
  used: readonly number[],
  targets: number,
  features: FeatureNodes,
): string {
  const matrix = addMatrix(
    graph,
    used.map((feature) => features.tensor(feature)),
  );
  const place = new Map(used.map((feature, index) => [feature, index]));
  const ensemble = layOutEnsemble(
    trees,
    (feature) => place.get(feature)!,
    (feature) => levelCount(features.specs[feature]!),
  );
  const sums = graph.node('TreeEnsembleRegressor', [matrix], ensembleAttributes(ensemble, targets), {
    domain: ML_DOMAIN,
  });
  return cast(graph, sums, 'double');
}

function ensembleAttributes(ensemble: TreeEnsemble, targets: number) {
  return [
    attribute.int('n_targets', targets),
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
