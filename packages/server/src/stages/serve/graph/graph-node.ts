import { childrenOf, type GraphTree, type NodeAnswer } from '@slipway/contract';
import type { Prediction, ProcessCall, RawRow } from '../model.ts';
import type { Later } from './later.ts';

/** Rows that a node answers together. */
export type Batch = {
  rows: readonly RawRow[];
  /** Entry i is the place of row i among those that the caller sent, for the paths of failures. */
  numbers: readonly number[];
};

/** What a node answers for one row, with the versions that took part. */
export type Answered = Prediction & { took: readonly string[] };

/** What nodes answered, row by row of the caller. */
export type NodeTrace = {
  /** @param toldValue an answer's value as it is told: classes in the type of their target */
  add(
    node: GraphTree,
    numbers: readonly number[],
    answers: readonly Answered[],
    toldValue: (answer: Answered) => NodeAnswer['value'],
  ): void;
};

/** What is asked of a graph beside its rows. */
export type Asking = {
  /** Gets what nodes answer. */
  trace: NodeTrace | undefined;
  /** Whether nodes count what they do: not for rows that are answered once more. */
  isCounted: boolean;
  /** Of a graph with imported models: how these are run. */
  call: ProcessCall | undefined;
};

/**
 * A node ready to answer: entry i of what it gives belongs to row i of the batch. It answers at once unless an imported model takes
 * part, which runs in a process of its own. Throws `graph.missing-column`, `graph.not-finite`, `graph.node-failed` and
 * `graph.model-unavailable`, each with the path of the node and of the row, and what running an imported model throws.
 */
export type RunNode = (batch: Batch, asking: Asking) => Later<Answered[]>;

/**
 * Keeps what nodes answer, row by row of the caller: the nodes below first, siblings in their order in the graph, whichever of them
 * answered first.
 */
export function nodeTrace(tree: GraphTree, rows: number): NodeTrace & { answers(): NodeAnswer[][] } {
  const found = Array.from({ length: rows }, (): NodeAnswer[] => []);
  return {
    answers() {
      const places = new Map(fromBelow(tree).map(({ path }, place) => [path, place]));
      const placeOf = ({ node }: NodeAnswer) => places.get(node) ?? 0;
      return found.map((answers) => answers.toSorted((one, other) => placeOf(one) - placeOf(other)));
    },
    add(node, numbers, given, toldValue) {
      const { path, kind } = node;
      const model = node.kind === 'model' ? { model: modelText(node) } : {};
      for (const [i, answer] of given.entries())
        found[numbers[i]!]!.push({
          node: path,
          kind,
          ...model,
          value: toldValue(answer),
          ...(answer.probabilities && { probabilities: answer.probabilities }),
        });
    },
  };
}

function fromBelow(tree: GraphTree): GraphTree[] {
  return [...childrenOf(tree).flatMap(fromBelow), tree];
}

/** `churn@3` of a node whose version is pinned. */
export function modelText({ model, named }: Extract<GraphTree, { kind: 'model' }>): string {
  return `${model}@${'version' in named ? named.version : named.alias}`;
}
