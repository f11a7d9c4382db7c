import type { FeatureSpec } from '../../prepare/index.ts';
import { addDatePart } from './date-part-nodes.ts';
import { type GraphBuilder, ML_DOMAIN } from './graph-builder.ts';
import { ELEMENT } from './onnx-model.ts';
import { attribute, int64Tensor } from './tensors.ts';

/** What the model is added to: the features' float tensors [N], made when first asked for. */
export type FeatureNodes = { specs: readonly FeatureSpec[]; tensor(feature: number): string };

/** Adds the nodes that compute one feature of all rows; returns a float tensor [N]. */
export function addFeature(graph: GraphBuilder, spec: FeatureSpec, columns: Map<string, string>): string {
  const column = columns.get(spec.column)!;
  switch (spec.kind) {
    case 'number':
      return toFloat(graph, column);
    case 'date-part':
      return toFloat(graph, addDatePart(graph, spec.part, column));
    case 'category':
      return addCategory(graph, spec.levels, column);
  }
}

/** Features side by side, [N, F] as doubles that are float32 values. */
export function addMatrix(graph: GraphBuilder, features: readonly string[]): string {
  const joined = graph.node('Concat', features, [attribute.int('axis', 0)]);
  const byFeature = graph.node('Reshape', [joined, graph.constant(int64Tensor([features.length, -1]))]);
  const byRow = graph.node('Transpose', [byFeature], [attribute.ints('perm', [1, 0])]);
  return cast(graph, byRow, 'double');
}

export function cast(graph: GraphBuilder, tensor: string, to: 'float' | 'double' | 'int64'): string {
  return graph.node('Cast', [tensor], [attribute.int('to', ELEMENT[to])]);
}

function toFloat(graph: GraphBuilder, column: string): string {
  return cast(graph, column, 'float');
}

/** The empty string is how a string tensor says missing. */
function addCategory(graph: GraphBuilder, levels: readonly string[], column: string): string {
  const codes = new Map(levels.map((level, code) => [level, code]));
  codes.set('', Number.NaN);
  const attributes = [
    attribute.strings('keys_strings', [...codes.keys()]),
    attribute.floats('values_floats', [...codes.values()]),
    attribute.float('default_float', levels.length),
  ];
  return graph.node('LabelEncoder', [column], attributes, { domain: ML_DOMAIN });
}
