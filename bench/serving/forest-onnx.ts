import {
  attribute,
  type GraphBuilder,
  newGraphBuilder,
} from '../../packages/server/src/stages/pack/index.ts';
import type { AdditiveModel } from '../../packages/server/src/stages/train/index.ts';

/**
 * The trees of a binary model as other tools export them: `X`, floats [rows, columns], to `probability` [rows, 1]. One
 * matrix in and one operator, which is the least that a Python server can do.
 */
export function forestOnnx(model: AdditiveModel, columns: number): Uint8Array {
  const graph: GraphBuilder = newGraphBuilder(['X', 'probability']);
  const nodes = model.trees.flatMap((tree, id) => tree.feature.map((_, node) => ({ tree, id, node })));
  const leaves = nodes.filter(({ tree, node }) => tree.feature[node]! < 0);
  graph.input('X', 'float', ['rows', columns]);
  const scores = graph.node(
    'TreeEnsembleRegressor',
    ['X'],
    [
      attribute.int('n_targets', 1),
      attribute.floats('base_values', model.base),
      attribute.ints(
        'nodes_treeids',
        nodes.map(({ id }) => id),
      ),
      attribute.ints(
        'nodes_nodeids',
        nodes.map(({ node }) => node),
      ),
      attribute.ints(
        'nodes_featureids',
        nodes.map(({ tree, node }) => Math.max(0, tree.feature[node]!)),
      ),
      attribute.strings(
        'nodes_modes',
        nodes.map(({ tree, node }) => (tree.feature[node]! < 0 ? 'LEAF' : 'BRANCH_LEQ')),
      ),
      attribute.floats(
        'nodes_values',
        nodes.map(({ tree, node }) => tree.threshold[node]!),
      ),
      attribute.ints(
        'nodes_truenodeids',
        nodes.map(({ tree, node }) => Math.max(0, tree.left[node]!)),
      ),
      attribute.ints(
        'nodes_falsenodeids',
        nodes.map(({ tree, node }) => Math.max(0, tree.right[node]!)),
      ),
      attribute.ints(
        'nodes_missing_value_tracks_true',
        nodes.map(({ tree, node }) => tree.missingLeft[node]!),
      ),
      attribute.ints(
        'target_treeids',
        leaves.map(({ id }) => id),
      ),
      attribute.ints(
        'target_nodeids',
        leaves.map(({ node }) => node),
      ),
      attribute.ints(
        'target_ids',
        leaves.map(() => 0),
      ),
      attribute.floats(
        'target_weights',
        leaves.map(({ tree, node }) => tree.value[node]!),
      ),
    ],
    { domain: 'ai.onnx.ml' },
  );
  graph.node('Sigmoid', [scores], [], { output: 'probability' });
  graph.output('probability', 'float', ['rows', 1]);
  return graph.finish('forest', {});
}
