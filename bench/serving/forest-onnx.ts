import {
  attribute,
  type GraphBuilder,
  newGraphBuilder,
} from '../../packages/server/src/journey/pack/index.ts';
import { layOutEnsemble } from '../../packages/server/src/journey/pack/onnx/tree-ensemble.ts';
import type { AdditiveModel } from '../../packages/server/src/journey/train/index.ts';

/**
 * The trees of a binary model as other tools export them: `X`, floats [rows, columns], to `probability` [rows, 1]. One
 * matrix in and one operator, which is the least that a Python server can do.
 */
export function forestOnnx(model: AdditiveModel, columns: number): Uint8Array {
  const graph: GraphBuilder = newGraphBuilder(['X', 'probability']);
  const trees = model.trees.map((tree) => ({
    splits: tree,
    leaf: (node: number) => [[0, tree.value[node]!]] as const,
  }));
  const ensemble = layOutEnsemble(
    trees,
    (feature) => feature,
    () => 0,
  );
  graph.input('X', 'float', ['rows', columns]);
  const scores = graph.node(
    'TreeEnsembleRegressor',
    ['X'],
    [
      attribute.int('n_targets', 1),
      attribute.floats('base_values', model.base),
      attribute.ints('nodes_treeids', ensemble.treeIds),
      attribute.ints('nodes_nodeids', ensemble.nodeIds),
      attribute.ints('nodes_featureids', ensemble.featureIds),
      attribute.strings('nodes_modes', ensemble.modes),
      attribute.floats('nodes_values', ensemble.values),
      attribute.ints('nodes_truenodeids', ensemble.trueIds),
      attribute.ints('nodes_falsenodeids', ensemble.falseIds),
      attribute.ints('nodes_missing_value_tracks_true', ensemble.missingTracksTrue),
      attribute.ints('target_treeids', ensemble.targetTreeIds),
      attribute.ints('target_nodeids', ensemble.targetNodeIds),
      attribute.ints('target_ids', ensemble.targetIds),
      attribute.floats('target_weights', ensemble.targetWeights),
    ],
    { domain: 'ai.onnx.ml' },
  );
  graph.node('Sigmoid', [scores], [], { output: 'probability' });
  graph.output('probability', 'float', ['rows', 1]);
  return graph.finish('forest', {});
}
