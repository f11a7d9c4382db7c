import type { GraphLine } from './graph-nouns.ts';
import type { GraphCondition, GraphOutput, GraphTree } from './parse-graph.ts';

/** A graph in lines for people, from the root down. */
export function graphLines(tree: GraphTree): GraphLine[] {
  return linesOf(tree, 0, '');
}

function linesOf(tree: GraphTree, depth: number, role: string): GraphLine[] {
  const says = `${role === '' ? '' : `${role}: `}${tree.name} · ${saysOf(tree)}`;
  const line: GraphLine = { path: tree.path, depth, kind: tree.kind, says };
  return [line, ...rolesOf(tree).flatMap(([node, is]) => linesOf(node, depth + 1, is))];
}

function saysOf(tree: GraphTree): string {
  if (tree.kind === 'sequence') return `sequence of ${tree.steps.length + 1} steps`;
  if (tree.kind === 'switch')
    return `switch of ${tree.cases.length} condition${tree.cases.length === 1 ? '' : 's'} and a default`;
  if (tree.kind === 'ensemble') {
    const threshold =
      tree.method === 'mean' && tree.threshold !== null ? `, threshold ${tree.threshold}` : '';
    return `ensemble, ${tree.method} of ${tree.members.length} members${threshold}`;
  }
  const named = 'version' in tree.named ? String(tree.named.version) : tree.named.alias;
  const mapped = [...tree.columns].map(([own, from]) => `${own} from ${from}`);
  const says = [...featuresText(tree.features), ...mapped];
  return `model ${tree.model}@${named}${says.length === 0 ? '' : ` (${says.join(', ')})`}`;
}

/** Most features that are listed in a line. */
const LISTED_FEATURES = 8;

function featuresText(features: readonly string[] | null): string[] {
  if (features === null) return [];
  const more = features.length - LISTED_FEATURES;
  const listed = features.slice(0, LISTED_FEATURES).join(', ');
  return [`features ${listed}${more > 0 ? ` and ${more} more` : ''}`];
}

function rolesOf(tree: GraphTree): [GraphTree, string][] {
  if (tree.kind === 'model') return [];
  if (tree.kind === 'sequence')
    return [
      ...tree.steps.map(({ node, outputs, row }, i): [GraphTree, string] => [
        node,
        `step ${i + 1}, ${row === 'add' ? 'adds' : 'replaces the row by'} ${outputsText(outputs)}`,
      ]),
      [tree.last, `step ${tree.steps.length + 1}`],
    ];
  if (tree.kind === 'switch')
    return [
      ...tree.cases.map(({ when, node }): [GraphTree, string] => [node, `when ${conditionText(when)}`]),
      [tree.otherwise, 'otherwise'],
    ];
  if (tree.method === 'stacked')
    return [
      ...tree.members.map(({ node, outputs }): [GraphTree, string] => [
        node,
        `gives ${outputsText(outputs)}`,
      ]),
      [tree.final, tree.row === 'add' ? 'final, beside the row' : 'final'],
    ];
  return tree.members.map(({ node, weight }): [GraphTree, string] => [node, `weight ${weight}`]);
}

function outputsText(outputs: readonly GraphOutput[]): string {
  return outputs
    .map(
      ({ column, source }) =>
        `${column} = ${source === 'value' ? 'value' : `probability of ${source.probability}`}`,
    )
    .join(', ');
}

/** A condition in words. */
export function conditionText(condition: GraphCondition): string {
  if ('of' in condition)
    return condition.of.map(conditionText).join(condition.kind === 'all' ? ' and ' : ' or ');
  const { column } = condition;
  if (condition.kind === 'missing') return `${column} is ${condition.is ? '' : 'not '}missing`;
  if (condition.kind === 'in') {
    const [first, ...more] = condition.values.map((value) => JSON.stringify(value));
    return more.length === 0
      ? `${column} = ${first}`
      : `${column} in (${[first, ...more.slice(0, 4)].join(', ')}${more.length > 4 ? ', …' : ''})`;
  }
  const { from, to } = condition;
  const parts = [
    from && `${column} ${from.inclusive ? '>=' : '>'} ${from.value}`,
    to && `${column} ${to.inclusive ? '<=' : '<'} ${to.value}`,
  ];
  return parts.filter((part) => part !== null).join(' and ');
}
