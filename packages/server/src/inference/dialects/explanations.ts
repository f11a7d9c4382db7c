import type { Predicted } from '../predicted.ts';

/** Rows explained in one request: each takes about a millisecond, after which others may have a turn. */
export const MAX_EXPLAINED_ROWS = 50;

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
