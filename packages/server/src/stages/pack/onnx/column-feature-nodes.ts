import { type ColumnFeature, isRescaled } from '../../prepare/index.ts';
import { addDatePart } from './date-part-nodes.ts';
import { type GraphBuilder, ML_DOMAIN } from './graph-builder.ts';
import { ELEMENT } from './onnx-model.ts';
import { attribute, doubleTensor } from './tensors.ts';

/** Adds the nodes that compute a feature of one raw column, of all rows; returns a float tensor [N]. */
export function addColumnFeature(
  graph: GraphBuilder,
  spec: ColumnFeature,
  columns: Map<string, string>,
  missingWords: readonly string[],
): string {
  const column = columns.get(spec.column)!;
  switch (spec.kind) {
    case 'number':
      return cast(graph, addRescaling(graph, spec, column), 'float');
    case 'date-part':
      return cast(graph, addRescaling(graph, spec, addDatePart(graph, spec.part, column)), 'float');
    case 'category':
      return addCategory(graph, spec.levels, column, missingWords);
  }
}

/**
 * In double; the same two operations in the same order as the encoders of the prepare stage. First scaled, then centred:
 * ONNX Runtime leaves out the subtraction of what is nought as a float32.
 */
function addRescaling(graph: GraphBuilder, spec: ColumnFeature, value: string): string {
  if (!isRescaled(spec)) return value;
  const scalar = (number: number) => graph.constant(doubleTensor([number], []));
  const scaled = graph.node('Mul', [value, scalar(spec.scale ?? 1)]);
  return graph.node('Sub', [scaled, scalar(spec.center ?? 0)]);
}

export function cast(graph: GraphBuilder, tensor: string, to: 'float' | 'double' | 'int64'): string {
  return graph.node('Cast', [tensor], [attribute.int('to', ELEMENT[to])]);
}

/** The empty string, and the words that mean it, are how a string tensor says missing. */
function addCategory(
  graph: GraphBuilder,
  levels: readonly string[],
  column: string,
  missingWords: readonly string[],
): string {
  const codes = new Map(levels.map((level, code) => [level, code]));
  for (const word of ['', ...missingWords]) codes.set(word, Number.NaN);
  const attributes = [
    attribute.strings('keys_strings', [...codes.keys()]),
    attribute.floats('values_floats', [...codes.values()]),
    attribute.float('default_float', levels.length),
  ];
  return graph.node('LabelEncoder', [column], attributes, { domain: ML_DOMAIN });
}
