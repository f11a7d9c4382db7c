import { childrenOf, type GraphOutput, type GraphTree } from '@slipway/contract';
import type { InputColumn, OtherColumn } from '../../prepare/index.ts';
import type { BundleManifest } from '../model.ts';
import { checkCondition } from './check-condition.ts';
import { commonForm, commonMissingWords, othersOf } from './common-reading.ts';
import {
  type Answer,
  bad,
  type ColumnType,
  type MemberManifests,
  type Scope,
  type Walk,
} from './graph-walk.ts';

/** What a graph takes and answers, and what was decided about it. */
export type GraphShape = Pick<
  BundleManifest,
  'task' | 'target' | 'classes' | 'inputs' | 'decision' | 'form'
> & {
  others: OtherColumn[];
  missingWords: string[];
  /** By the place of an ensemble in the spec: the threshold that its members have in common. */
  thresholds: ReadonlyMap<string, number>;
  notes: string[];
};

/**
 * Checks that the nodes of a graph fit together and what it takes of a row: every column that a model takes is the caller's or
 * given by an earlier node in the same type; members of a mean or a vote, and the branches of a switch, answer the same kind
 * with the same classes; conditions fit the types of their columns.
 *
 * Throws `endpoint.bad-spec` with the path of the field.
 */
export function checkGraph(tree: GraphTree, members: MemberManifests): GraphShape {
  const walk: Walk = {
    members,
    taken: new Map(),
    added: new Map(),
    conditions: [],
    thresholds: new Map(),
    notes: [],
  };
  const answer = answerOf(tree, { isOpen: true, given: new Map() }, walk);
  for (const pending of walk.conditions) checkCondition(pending, walk);
  for (const [column, at] of walk.added)
    if (walk.taken.has(column)) {
      const reason = `the column ${column} is one that callers send; give the answer of the node another name, and take it by \`columns\``;
      throw bad(reason, at);
    }
  const manifests = [...members.values()];
  const inputs = [...walk.taken.values()].map(
    ({ by: _, ...column }): InputColumn => ({ ...column, nullable: !answer.required.has(column.name) }),
  );
  return {
    task: answer.task,
    target: answer.target,
    classes: [...answer.classes],
    decision: {
      threshold: answer.threshold ?? 0.5,
      ...(answer.costMatrix && { costMatrix: answer.costMatrix }),
    },
    inputs,
    others: othersOf(manifests, walk.taken),
    missingWords: commonMissingWords(members),
    ...commonForm(manifests),
    thresholds: walk.thresholds,
    notes: walk.notes,
  };
}

function answerOf(tree: GraphTree, scope: Scope, walk: Walk): Answer {
  if (tree.kind === 'model') return modelAnswer(tree, scope, walk);
  if (tree.kind === 'sequence') {
    const required = new Set<string>();
    let inner = scope;
    for (const { node, outputs, row } of tree.steps) {
      const answer = answerOf(node, inner, walk);
      for (const column of answer.required) required.add(column);
      const given = outputTypes(outputs, answer, node);
      if (row === 'add' && inner.isOpen)
        for (const { column } of outputs) addColumn(column, node.at, inner, walk);
      inner = scopeWith(row === 'add' ? inner : { isOpen: false, given: new Map() }, given, node.path);
    }
    const last = answerOf(tree.last, inner, walk);
    return { ...last, required: new Set([...required, ...last.required]) };
  }
  if (tree.kind === 'switch') return switchAnswer(tree, scope, walk);
  if (tree.method === 'stacked') return stackedAnswer(tree, scope, walk);
  return combinedAnswer(tree, scope, walk);
}

type Of<Kind> = Extract<GraphTree, { kind: Kind }>;

function modelAnswer(tree: Of<'model'>, scope: Scope, walk: Walk): Answer {
  const manifest = walk.members.get(tree)!;
  const { task, target, classes, decision, inputs } = manifest;
  const own = new Set(inputs.map(({ name }) => name));
  for (const name of tree.columns.keys())
    if (!own.has(name)) throw bad(`${tree.model} takes no column ${name}`, `${tree.at}.columns.${name}`);
  const required = new Set<string>();
  for (const input of inputs) {
    const name = tree.columns.get(input.name) ?? input.name;
    takeColumn({ ...input, name }, input.name, tree, scope, walk);
    if (!input.nullable && !scope.given.has(name)) required.add(name);
  }
  const { threshold, costMatrix } = decision;
  return { task, target, classes, threshold, costMatrix, required };
}

/** Throws `endpoint.bad-spec` where the row that the node sees has no such column, or has it in another type. */
function takeColumn(
  { name, type, reading }: InputColumn,
  own: string,
  node: Of<'model'>,
  scope: Scope,
  walk: Walk,
): void {
  const at = node.columns.has(own) ? `${node.at}.columns.${own}` : node.at;
  const given = scope.given.get(name);
  const takes = `node ${node.path} takes the column ${own} as a ${type}`;
  if (given !== undefined) {
    if (given.type !== type) throw bad(`${takes}, and node ${given.by} gives ${name} as a ${given.type}`, at);
    return;
  }
  if (!scope.isOpen)
    throw bad(`${takes}, and no earlier node gives ${name}: the row was replaced (row: replace)`, at);
  const before = walk.taken.get(name);
  if (before === undefined) {
    walk.taken.set(name, { name, type, ...(reading && { reading }), by: node.path });
    return;
  }
  if (before.type !== type)
    throw bad(`${takes}, and node ${before.by} takes ${name} as a ${before.type}`, at);
  if (type === 'timestamp' && JSON.stringify(before.reading) !== JSON.stringify(reading)) {
    const reason = `nodes ${before.by} and ${node.path} read the times of ${name} by other forms or in other time zones, since their datasets were read so`;
    throw bad(reason, at);
  }
}

function outputTypes(
  outputs: readonly GraphOutput[],
  { task, classes }: Answer,
  node: GraphTree,
): Map<string, ColumnType> {
  return new Map(
    outputs.map(({ column, source }) => {
      if (source === 'value') return [column, task === 'regression' ? 'number' : 'string'];
      if (!classes.includes(source.probability)) {
        const has =
          classes.length === 0
            ? 'it predicts a number'
            : `its classes are ${classes.slice(0, 20).join(', ')}`;
        throw bad(
          `node ${node.path} has no class ${source.probability}: ${has}`,
          `${node.at}.outputs.${column}`,
        );
      }
      return [column, 'number'];
    }),
  );
}

/** Throws `endpoint.bad-spec` where an earlier node gave the column to the same row. */
function addColumn(column: string, at: string, { given }: Scope, walk: Walk): void {
  const before = given.get(column);
  const path = `${at}.outputs.${column}`;
  if (before !== undefined) throw bad(`node ${before.by} gives a column ${column} too`, path);
  walk.added.set(column, path);
}

function scopeWith(scope: Scope, columns: ReadonlyMap<string, ColumnType>, by: string): Scope {
  const given = new Map(scope.given);
  for (const [column, type] of columns) given.set(column, { type, by });
  return { ...scope, given };
}

function stackedAnswer(tree: Extract<GraphTree, { method: 'stacked' }>, scope: Scope, walk: Walk): Answer {
  const required = new Set<string>();
  let inner: Scope = tree.row === 'add' ? scope : { isOpen: false, given: new Map() };
  const names = new Set<string>();
  for (const { node, outputs } of tree.members) {
    const answer = answerOf(node, scope, walk);
    for (const column of answer.required) required.add(column);
    for (const { column } of outputs) {
      if (names.has(column)) throw bad(`two members give a column ${column}`, `${node.at}.outputs.${column}`);
      names.add(column);
      if (tree.row === 'add' && scope.isOpen) addColumn(column, node.at, scope, walk);
    }
    inner = scopeWith(inner, outputTypes(outputs, answer, node), node.path);
  }
  const final = answerOf(tree.final, inner, walk);
  return { ...final, required: new Set([...required, ...final.required]) };
}

function combinedAnswer(
  tree: Extract<GraphTree, { method: 'mean' | 'vote' }>,
  scope: Scope,
  walk: Walk,
): Answer {
  const answers = childrenOf(tree).map((node) => ({ node, answer: answerOf(node, scope, walk) }));
  const { answer: first } = answers[0]!;
  for (const { node, answer } of answers.slice(1)) sameKind(answers[0]!, { node, answer }, walk);
  if (tree.method === 'vote' && first.task === 'regression')
    throw bad(
      'a vote is of classes, and its members predict numbers; use the method mean',
      `${tree.at}.ensemble.method`,
    );
  const required = new Set(answers.flatMap(({ answer }) => [...answer.required]));
  if (tree.method === 'vote') return { ...first, threshold: 0.5, costMatrix: undefined, required };
  const threshold = meanThreshold(tree, answers, walk);
  return { ...first, threshold, costMatrix: meanCosts(tree, answers), required };
}

type Answered = { node: GraphTree; answer: Answer };

function meanThreshold(
  tree: Extract<GraphTree, { method: 'mean' | 'vote' }>,
  answers: readonly Answered[],
  walk: Walk,
): number {
  const { task, threshold: first } = answers[0]!.answer;
  const at = `${tree.at}.ensemble.threshold`;
  if (task !== 'binary') {
    if (tree.threshold !== null) throw bad('a threshold decides between two classes only', at);
    return 0.5;
  }
  if (tree.threshold !== null) return tree.threshold;
  if (first === null || answers.some(({ answer }) => answer.threshold !== first)) {
    const found = answers.map(({ node, answer }) => `${node.name} ${answer.threshold ?? 'at several'}`);
    throw bad(
      `its members decide at different thresholds (${found.join(', ')}); give the threshold of their mean`,
      at,
    );
  }
  walk.thresholds.set(tree.at, first);
  return first;
}

/** The costs that all members have; throws `endpoint.bad-spec` where they differ. */
function meanCosts(
  tree: Extract<GraphTree, { method: 'mean' | 'vote' }>,
  answers: readonly Answered[],
): Answer['costMatrix'] {
  const first = answers[0]!.answer;
  const other = answers.find(({ answer }) => !haveSameCosts(first, answer));
  if (other === undefined && first.costMatrix !== null) return first.costMatrix;
  const decides = ({ node, answer }: Answered) =>
    `${node.name} ${answer.costMatrix === undefined ? 'without costs' : 'by costs of its own'}`;
  throw bad(
    `its members decide by different costs (${[answers[0]!, other ?? answers[0]!].map(decides).join(', ')}), so that nothing says by which costs their mean is to be decided; train them with the same costs, or use the method vote`,
    `${tree.at}.ensemble.members`,
  );
}

/** Whether the answers of both are decided by the same costs, whatever the order of their classes. */
function haveSameCosts(one: Answer, other: Answer): boolean {
  const [own, their] = [one.costMatrix, other.costMatrix];
  if (own == null || their == null) return own === their;
  const places = one.classes.map((name) => other.classes.indexOf(name));
  return own.every((row, truth) =>
    row.every((cost, answer) => cost === their[places[truth]!]![places[answer]!]),
  );
}

function switchAnswer(tree: Of<'switch'>, scope: Scope, walk: Walk): Answer {
  for (const [i, { when }] of tree.cases.entries())
    for (const condition of 'of' in when ? when.of : [when])
      if (!('of' in condition))
        walk.conditions.push({ condition, scope, at: `${tree.at}.switch.cases[${i}].when` });
  const answers = childrenOf(tree).map((node) => ({ node, answer: answerOf(node, scope, walk) }));
  // The default answers what is left, so what it is called there is what the graph predicts.
  const last = answers.at(-1)!;
  for (const each of answers.slice(0, -1)) sameKind(last, each, walk);
  const isOne = answers.every(({ answer }) => answer.threshold === last.answer.threshold);
  const isOneMatrix = answers.every(({ answer }) => haveSameCosts(last.answer, answer));
  const required = [...last.answer.required].filter((column) =>
    answers.every(({ answer }) => answer.required.has(column)),
  );
  return {
    ...last.answer,
    threshold: isOne ? last.answer.threshold : null,
    costMatrix: isOneMatrix ? last.answer.costMatrix : null,
    required: new Set(required),
  };
}

/** Throws `endpoint.bad-spec` where two nodes that stand for each other answer different things. */
function sameKind(one: Answered, other: Answered, walk: Walk): void {
  const { task, classes, target } = one.answer;
  const found = other.answer;
  if (found.task !== task) {
    const reason = `node ${one.node.path} answers ${KINDS[task]} and node ${other.node.path} ${KINDS[found.task]}`;
    throw bad(reason, other.node.at);
  }
  const isSame =
    found.classes.length === classes.length && found.classes.every((name) => classes.includes(name));
  if (!isSame) {
    const named = (names: readonly string[]) => names.slice(0, 20).join(', ');
    const reason = `node ${one.node.path} has the classes ${named(classes)} and node ${other.node.path} ${named(found.classes)}`;
    throw bad(reason, other.node.at);
  }
  if (task === 'binary' && found.classes[1] !== classes[1]) {
    const reason = `the positive class of node ${one.node.path} is ${classes[1]} and that of node ${other.node.path} ${found.classes[1]}`;
    throw bad(reason, other.node.at);
  }
  if (found.target !== target)
    walk.notes.push(
      `Node ${other.node.path} predicts ${found.target} and node ${one.node.path} ${target}; the graph's target is called ${target} there.`,
    );
}

const KINDS: Record<BundleManifest['task'], string> = {
  binary: 'one of two classes',
  multiclass: 'one of several classes',
  regression: 'a number',
  forecast: 'a forecast',
};
