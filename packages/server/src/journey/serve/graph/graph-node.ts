import type { GraphTree, NodeAnswer } from '@slipway/contract';
import type { Prediction, RawRow } from '../model.ts';

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

/**
 * A node ready to answer: entry i of what it gives belongs to row i of the batch. Pure but for its counters. Throws
 * `graph.missing-column`, `graph.not-finite` and `graph.node-failed`, each with the path of the node and of the row.
 */
export type RunNode = (batch: Batch, trace: NodeTrace | undefined) => Answered[];

/** Keeps what nodes answer, row by row of the caller. */
export function nodeTrace(rows: number): NodeTrace & { answers: NodeAnswer[][] } {
  const answers = Array.from({ length: rows }, (): NodeAnswer[] => []);
  return {
    answers,
    add(node, numbers, given, toldValue) {
      const { path, kind } = node;
      const model = node.kind === 'model' ? { model: modelText(node) } : {};
      for (const [i, answer] of given.entries())
        answers[numbers[i]!]!.push({
          node: path,
          kind,
          ...model,
          value: toldValue(answer),
          ...(answer.probabilities && { probabilities: answer.probabilities }),
        });
    },
  };
}

/** `churn@3` of a node whose version is pinned. */
export function modelText({ model, named }: Extract<GraphTree, { kind: 'model' }>): string {
  return `${model}@${'version' in named ? named.version : named.alias}`;
}
