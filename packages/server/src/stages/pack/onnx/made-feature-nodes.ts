import {
  featureOfKinds,
  type Kinds,
  kindCount,
  type MadeFeature,
  type Operation,
  type Quantity,
  tableOf,
} from '../../prepare/index.ts';
import { addColumnFeature, cast } from './column-feature-nodes.ts';
import { addDatePart } from './date-part-nodes.ts';
import { type GraphBuilder, ML_DOMAIN } from './graph-builder.ts';
import { attribute, floatTensor } from './tensors.ts';

/** Adds the nodes that compute a made feature of all rows; returns a float tensor [N]. */
export function addMadeFeature(
  graph: GraphBuilder,
  spec: MadeFeature,
  columns: Map<string, string>,
  missingWords: readonly string[],
): string {
  if (spec.kind === 'arithmetic') return addArithmetic(graph, spec, columns);
  const [first, second] = spec.of.map((kinds) => addKinds(graph, kinds, columns, missingWords));
  const key = second === undefined ? first! : pairOf(graph, first!, second, kindCount(spec.of[1]!) + 2);
  const table = graph.constant(floatTensor(tableOf(spec)));
  return graph.node('Gather', [table, cast(graph, key, 'int64')], [attribute.int('axis', 0)]);
}

const OPERATORS: Record<Operation, string> = {
  sum: 'Add',
  difference: 'Sub',
  product: 'Mul',
  ratio: 'Div',
};

/** In double, then rounded; what is no finite float32 (so a quotient by zero too) is missing. */
function addArithmetic(
  graph: GraphBuilder,
  { operation, of }: Extract<MadeFeature, { kind: 'arithmetic' }>,
  columns: Map<string, string>,
): string {
  const operands = of.map((quantity) => addQuantity(graph, quantity, columns));
  const rounded = cast(graph, graph.node(OPERATORS[operation], operands), 'float');
  const missing = graph.constant(floatTensor([Number.NaN], []));
  return graph.node('Where', [graph.node('IsInf', [rounded]), missing, rounded]);
}

function addQuantity(graph: GraphBuilder, quantity: Quantity, columns: Map<string, string>): string {
  const column = columns.get(quantity.column)!;
  return quantity.kind === 'number' ? column : addDatePart(graph, quantity.part, column);
}

/** The kind of each value as a whole float: 0 … size + 1. */
function addKinds(
  graph: GraphBuilder,
  kinds: Kinds,
  columns: Map<string, string>,
  missingWords: readonly string[],
): string {
  const value = addColumnFeature(graph, featureOfKinds(kinds), columns, missingWords);
  const size = kindCount(kinds);
  const constant = (number: number) => graph.constant(floatTensor([number], []));
  const listed = kinds.kind === 'numbers' ? addPlaces(graph, kinds.levels, value) : value;
  const atLeast = graph.node('GreaterOrEqual', [listed, constant(0)]);
  const isListed = graph.node('And', [atLeast, graph.node('Less', [listed, constant(size)])]);
  const known = graph.node('Where', [isListed, listed, constant(size)]);
  return graph.node('Where', [graph.node('IsNaN', [value]), constant(size + 1), known]);
}

function addPlaces(graph: GraphBuilder, levels: readonly number[], value: string): string {
  const attributes = [
    attribute.floats('keys_floats', [...levels]),
    attribute.floats(
      'values_floats',
      levels.map((_, place) => place),
    ),
    attribute.float('default_float', levels.length),
  ];
  return graph.node('LabelEncoder', [value], attributes, { domain: ML_DOMAIN });
}

/** Keys are whole numbers far below 2^24, exact as floats. */
function pairOf(graph: GraphBuilder, first: string, second: string, width: number): string {
  const scaled = graph.node('Mul', [first, graph.constant(floatTensor([width], []))]);
  return graph.node('Add', [scaled, second]);
}
