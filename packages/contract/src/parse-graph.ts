import { fail, type SlipwayError } from './fail.ts';
import {
  DEEPEST_GRAPH,
  type GraphConditionSpec,
  type GraphNode,
  type GraphWhen,
  MOST_GRAPH_NODES,
  type OutputSource,
} from './graph-nouns.ts';

/** A bound of a range; `value` is a number, or a time as it was written. */
export type GraphBound = { value: number | string; inclusive: boolean };

/** A condition, typed: what the spec's optional fields come down to. */
export type GraphCondition =
  | { kind: 'in'; column: string; type: ConditionType; values: readonly (string | number | boolean)[] }
  | { kind: 'range'; column: string; type: ConditionType; from: GraphBound | null; to: GraphBound | null }
  | { kind: 'missing'; column: string; type: ConditionType; is: boolean }
  | { kind: 'all' | 'any'; of: readonly GraphCondition[] };
type ConditionType = NonNullable<GraphConditionSpec['type']> | null;

/** A column that a node adds, and what of its answer it holds. */
export type GraphOutput = { column: string; source: OutputSource };

type Placed = {
  name: string;
  /** Names from the root, such as `risk/eu`. */
  path: string;
  /** Where it stands in the spec, such as `graph.switch.cases[0]`. */
  at: string;
};

/** A graph as a typed tree. */
export type GraphTree = Placed &
  (
    | {
        kind: 'model';
        model: string;
        named: { version: number } | { alias: string };
        columns: ReadonlyMap<string, string>;
        /** Of an imported model: the columns that its one tensor is made of; null where none are named. */
        features: readonly string[] | null;
      }
    | { kind: 'sequence'; steps: readonly GraphStep[]; last: GraphTree }
    | {
        kind: 'ensemble';
        method: 'mean' | 'vote';
        members: readonly { node: GraphTree; weight: number }[];
        threshold: number | null;
      }
    | {
        kind: 'ensemble';
        method: 'stacked';
        members: readonly GraphGiver[];
        row: 'add' | 'replace';
        final: GraphTree;
      }
    | { kind: 'switch'; cases: readonly { when: GraphCondition; node: GraphTree }[]; otherwise: GraphTree }
  );

/** A node whose answer becomes columns. */
export type GraphGiver = { node: GraphTree; outputs: readonly GraphOutput[] };
export type GraphStep = GraphGiver & { row: 'add' | 'replace' };

type Fields = 'outputs' | 'row' | 'weight' | 'when';
type Walk = { names: Map<string, string>; nodes: number };

/**
 * The graph of a spec as a typed tree. Throws `endpoint.bad-spec` with the path of the field: a node of several kinds or of
 * none, a name that is taken, a field that does not belong to its place, too many nodes or levels.
 */
export function parseGraph(graph: GraphNode, at = 'graph'): GraphTree {
  return parseNode(graph, { at, above: '', depth: 1, takes: [] }, { names: new Map(), nodes: 0 });
}

type Place = { at: string; above: string; depth: number; takes: readonly Fields[] };

function parseNode(node: GraphNode, place: Place, walk: Walk): GraphTree {
  const { at, depth } = place;
  if (depth > DEEPEST_GRAPH) throw bad(`nodes are nested more than ${DEEPEST_GRAPH} deep`, at);
  if (++walk.nodes > MOST_GRAPH_NODES) throw bad(`it has more than ${MOST_GRAPH_NODES} nodes`, at);
  const twin = walk.names.get(node.name);
  if (twin !== undefined)
    throw bad(`${twin} is called ${node.name} too; each node needs its own name`, `${at}.name`);
  walk.names.set(node.name, at);
  refuseMisplaced(node, place);
  const path = place.above === '' ? node.name : `${place.above}/${node.name}`;
  const placed: Placed = { name: node.name, path, at };
  const below = (field: string, takes: readonly Fields[] = []): Place => ({
    at: `${at}.${field}`,
    above: path,
    depth: depth + 1,
    takes,
  });
  const kinds = (['model', 'sequence', 'ensemble', 'switch'] as const).filter(
    (kind) => node[kind] !== undefined,
  );
  if (kinds.length !== 1)
    throw bad(`node ${node.name} needs exactly one of model, sequence, ensemble and switch`, at);
  if (node.columns !== undefined && node.model === undefined)
    throw bad('columns belongs to a node with a model', `${at}.columns`);
  if (node.features !== undefined && node.model === undefined)
    throw bad('features belongs to a node with a model', `${at}.features`);
  if (node.model !== undefined) {
    const { features = null } = node;
    return { ...placed, kind: 'model', ...modelOf(node.model), columns: columnsOf(node), features };
  }
  if (node.sequence !== undefined)
    return { ...placed, kind: 'sequence', ...sequenceOf(node.sequence, below, walk) };
  if (node.switch !== undefined) return { ...placed, kind: 'switch', ...switchOf(node.switch, below, walk) };
  return { ...placed, kind: 'ensemble', ...ensembleOf(node.ensemble!, at, below, walk) };
}

type Below = (field: string, takes?: readonly Fields[]) => Place;

const PLACES: Record<Fields, string> = {
  outputs: 'a step before the last, or a member of a stack',
  row: 'a step before the last',
  weight: 'a member of a mean or a vote',
  when: 'a case of a switch',
};

function refuseMisplaced(node: GraphNode, { at, takes }: Place): void {
  for (const field of ['outputs', 'row', 'weight', 'when'] as const)
    if (node[field] !== undefined && !takes.includes(field))
      throw bad(`${field} belongs to ${PLACES[field]}`, `${at}.${field}`);
}

function modelOf(text: string): { model: string; named: { version: number } | { alias: string } } {
  const cut = text.lastIndexOf('@');
  const [model, name] = [text.slice(0, cut), text.slice(cut + 1)];
  return { model, named: /^\d+$/.test(name) ? { version: Number(name) } : { alias: name } };
}

function columnsOf({ columns = {} }: GraphNode): ReadonlyMap<string, string> {
  return new Map(Object.entries(columns));
}

function sequenceOf(sequence: readonly GraphNode[], below: Below, walk: Walk) {
  const steps = sequence.slice(0, -1).map((step, i): GraphStep => {
    const place = below(`sequence[${i}]`, ['outputs', 'row']);
    const node = parseNode(step, place, walk);
    return { node, outputs: outputsOf(step, place.at), row: step.row ?? 'add' };
  });
  const last = sequence.length - 1;
  return { steps, last: parseNode(sequence[last]!, below(`sequence[${last}]`), walk) };
}

/** Throws `endpoint.bad-spec` where it gives none: what it answers would be lost. */
function outputsOf({ name, outputs = {} }: GraphNode, at: string): GraphOutput[] {
  const given = Object.entries(outputs).map(([column, source]) => ({ column, source }));
  if (given.length > 0) return given;
  const reason = `node ${name} needs outputs, such as { "${name.replaceAll('-', '_')}": "value" }, or what it answers is lost`;
  throw bad(reason, `${at}.outputs`);
}

function switchOf(spec: NonNullable<GraphNode['switch']>, below: Below, walk: Walk) {
  const cases = spec.cases.map((each, i) => {
    const place = below(`switch.cases[${i}]`, ['when']);
    if (each.when === undefined) throw bad(`case ${each.name} needs a condition`, `${place.at}.when`);
    return { when: parseWhen(each.when, `${place.at}.when`), node: parseNode(each, place, walk) };
  });
  return { cases, otherwise: parseNode(spec.default, below('switch.default'), walk) };
}

function ensembleOf(spec: NonNullable<GraphNode['ensemble']>, at: string, below: Below, walk: Walk) {
  const { method, members, threshold = null, final, row } = spec;
  const place = (i: number, takes: readonly Fields[]) => below(`ensemble.members[${i}]`, takes);
  if (threshold !== null && method !== 'mean')
    throw bad('threshold belongs to the method mean', `${at}.ensemble.threshold`);
  if (method === 'stacked') {
    if (final === undefined) throw bad('a stack needs the node that answers', `${at}.ensemble.final`);
    const givers = members.map((member, i): GraphGiver => {
      const node = parseNode(member, place(i, ['outputs']), walk);
      return { node, outputs: outputsOf(member, node.at) };
    });
    return {
      method,
      members: givers,
      row: row ?? ('replace' as const),
      final: parseNode(final, below('ensemble.final'), walk),
    };
  }
  for (const [field, value] of Object.entries({ final, row }))
    if (value !== undefined) throw bad(`${field} belongs to the method stacked`, `${at}.ensemble.${field}`);
  const weighted = members.map((member, i) => ({
    node: parseNode(member, place(i, ['weight']), walk),
    weight: member.weight ?? 1,
  }));
  return { method, members: weighted, threshold };
}

function parseWhen(when: GraphWhen, at: string): GraphCondition {
  if ('column' in when) return parseCondition(when, at);
  const [kind, of] = 'all' in when ? (['all', when.all] as const) : (['any', when.any] as const);
  return { kind, of: of.map((each, i) => parseCondition(each, `${at}.${kind}[${i}]`)) };
}

function parseCondition(spec: GraphConditionSpec, at: string): GraphCondition {
  const { column, type = null } = spec;
  const kinds = (['equals', 'in', 'range', 'missing'] as const).filter((kind) => spec[kind] !== undefined);
  if (kinds.length !== 1)
    throw bad(`a condition on ${column} needs exactly one of equals, in, range and missing`, at);
  const about = { column, type };
  if (spec.missing !== undefined) return { kind: 'missing', ...about, is: spec.missing };
  if (spec.range !== undefined) return { kind: 'range', ...about, ...boundsOf(spec.range, `${at}.range`) };
  return { kind: 'in', ...about, values: spec.in ?? [spec.equals!] };
}

function boundsOf(range: NonNullable<GraphConditionSpec['range']>, at: string) {
  const { atLeast, above, atMost, below } = range;
  if (atLeast !== undefined && above !== undefined) throw bad('give either atLeast or above', at);
  if (atMost !== undefined && below !== undefined) throw bad('give either atMost or below', at);
  const from = boundOf(atLeast, above);
  const to = boundOf(atMost, below);
  if (from === null && to === null) throw bad('give atLeast, above, atMost or below', at);
  if (from !== null && to !== null) refuseEmpty(from, to, at);
  return { from, to };
}

function boundOf(closed: number | string | undefined, open: number | string | undefined): GraphBound | null {
  if (closed !== undefined) return { value: closed, inclusive: true };
  return open === undefined ? null : { value: open, inclusive: false };
}

/** Throws `endpoint.bad-spec` for a range of numbers that no number is in. Times are compared once they are read. */
function refuseEmpty(from: GraphBound, to: GraphBound, at: string): void {
  if (typeof from.value !== 'number' || typeof to.value !== 'number') return;
  const isEmpty = from.value > to.value || (from.value === to.value && !(from.inclusive && to.inclusive));
  if (isEmpty) throw bad('no number is in the range', at);
}

/**
 * Refuses a body that nests its graph far deeper than a graph may be, before anything walks through it. Each level of a graph
 * is three levels of JSON at most. Throws `endpoint.bad-spec`.
 */
export function refuseDeepGraph(body: unknown): void {
  const isRecord = typeof body === 'object' && body !== null && 'graph' in body;
  if (isRecord && isDeeper(body.graph, 4 * DEEPEST_GRAPH + 8))
    throw bad(`nodes are nested more than ${DEEPEST_GRAPH} deep`, 'graph');
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function bad(reason: string, path: string): SlipwayError {
  return fail('endpoint.bad-spec', { reason }, { path });
}

/** The nodes of a graph from the root down. */
export function graphNodes(tree: GraphTree): GraphTree[] {
  return [tree, ...childrenOf(tree).flatMap(graphNodes)];
}

export function childrenOf(tree: GraphTree): GraphTree[] {
  if (tree.kind === 'model') return [];
  if (tree.kind === 'sequence') return [...tree.steps.map(({ node }) => node), tree.last];
  if (tree.kind === 'switch') return [...tree.cases.map(({ node }) => node), tree.otherwise];
  const members = tree.members.map(({ node }) => node);
  return tree.method === 'stacked' ? [...members, tree.final] : members;
}
