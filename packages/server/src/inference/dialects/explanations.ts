import { fail } from '@slipway/contract';
import type { Predicted } from '../predicted.ts';

/** Rows explained in one request: each takes about a millisecond, after which others may have a turn. */
export const MAX_EXPLAINED_ROWS = 50;

/** Rows whose nodes are shown in one request: a graph without imported models answers them once more. */
export const MAX_TRACED_ROWS = 100;

/**
 * What each node of an inference graph answered for each row, as JSON.
 *
 * @throws `graph.not-asked`
 */
export function nodeTexts({ route, nodes }: Predicted, rows: readonly unknown[], endpoint: string): string[] {
  const { graph } = route.engine;
  if (graph === undefined) throw fail('graph.not-asked', { name: endpoint }, { path: 'nodes' });
  return (nodes ?? graph.answers(rows)).map((answers) => JSON.stringify(answers));
}

/**
 * The explanation of each prediction as JSON, made when it is asked for. Numbers that JSON has not become null.
 *
 * @throws `predict.no-explanation`, when the first is asked for
 */
export function* explanationTexts(
  { route, predictions }: Predicted,
  rows: readonly unknown[],
): Generator<string> {
  for (const [index, row] of rows.entries())
    yield JSON.stringify(route.engine.explain(row, index, predictions[index]!));
}
