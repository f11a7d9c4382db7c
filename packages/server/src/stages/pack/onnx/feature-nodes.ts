import { type FeatureSpec, isMade, type TextFeature } from '../../prepare/index.ts';
import { addColumnFeature, cast } from './column-feature-nodes.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { addMadeFeature } from './made-feature-nodes.ts';
import { attribute, int64Tensor } from './tensors.ts';

export { cast };

/** What the model is added to: the features' float tensors [N], made when first asked for. */
export type FeatureNodes = { specs: readonly FeatureSpec[]; tensor(feature: number): string };

/** Adds the nodes that compute one feature of all rows; returns a float tensor [N]. */
export function addFeature(
  graph: GraphBuilder,
  spec: Exclude<FeatureSpec, TextFeature>,
  columns: Map<string, string>,
  missingWords: readonly string[],
): string {
  return isMade(spec)
    ? addMadeFeature(graph, spec, columns, missingWords)
    : addColumnFeature(graph, spec, columns, missingWords);
}

/** Features side by side, [N, F] as doubles that are float32 values. */
export function addMatrix(graph: GraphBuilder, features: readonly string[]): string {
  const joined = graph.node('Concat', features, [attribute.int('axis', 0)]);
  const byFeature = graph.node('Reshape', [joined, graph.constant(int64Tensor([features.length, -1]))]);
  const byRow = graph.node('Transpose', [byFeature], [attribute.ints('perm', [1, 0])]);
  return cast(graph, byRow, 'double');
}
