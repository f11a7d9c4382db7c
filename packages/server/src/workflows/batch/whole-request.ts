import { fail, type IngestFinding } from '@slipway/contract';
import { type AnyManifest, rowAnalysisOf, takesTensors } from '../../stages/pack/index.ts';

/** Rows of a file that one run takes at most. */
export const MOST_WHOLE_ROWS = 10_000;

/**
 * Why the rows of a file must be one request to the model, as they are when a caller sends them: what the graph does not prove.
 * Undefined where they may be predicted in parts, as it is proven, or as an endpoint says with `batching: on`.
 */
export function reasonToStayWhole(manifest: AnyManifest, isSaidIndependent = false): string | undefined {
  if (!takesTensors(manifest) || isSaidIndependent) return undefined;
  const rows = rowAnalysisOf(manifest);
  return rows.independent ? undefined : rows.reason;
}

/** Throws `predict.rows-dependent` where the rows are too many for one request. */
export function checkWhole(name: string, rows: number, reason: string, parts = 1): void {
  if (rows <= MOST_WHOLE_ROWS && parts <= 1) return;
  throw fail('predict.rows-dependent', { name, rows, limit: MOST_WHOLE_ROWS, reason });
}

/** What a reader of the predictions must know. */
export function wholeFinding(rows: number, reason: string): IngestFinding {
  return {
    code: 'rows-dependent',
    severity: 'warning',
    message: `All ${rows} rows were predicted as one request, because each answer may depend on the other rows: ${reason}.`,
    count: rows,
    override: 'batching: on in the spec of an endpoint, where rows are known to be independent',
  };
}
