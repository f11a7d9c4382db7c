import type { Predicted } from '../predicted.ts';

/** Rows explained in one request: each takes about a millisecond, in which nobody else is answered. */
export const MAX_EXPLAINED_ROWS = 50;

/**
 * The explanation of each prediction as JSON. Numbers that JSON has not become null.
 *
 * @throws `predict.no-explanation`
 */
export function explanationTexts({ route, predictions }: Predicted, rows: readonly unknown[]): string[] {
  return rows.map((row, index) => JSON.stringify(route.engine.explain(row, index, predictions[index]!)));
}
