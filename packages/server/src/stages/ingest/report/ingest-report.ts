import type { IngestFinding, IngestReport } from '@slipway/contract';
import type { OpenSource } from '../open-source.ts';

/** More findings than this are left off, the least telling first. */
const FINDINGS_KEPT = 500;

/** How a file was read, warnings first; within a severity in the order in which the findings were made. */
export function ingestReport(
  { lineage }: Pick<OpenSource, 'lineage'>,
  { rows, columns, findings }: { rows: number; columns: number; findings: readonly IngestFinding[] },
): IngestReport {
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const others = findings.filter(({ severity }) => severity === 'info');
  const ordered = [...warnings, ...others];
  return {
    source: lineage.source,
    format: lineage.format,
    rows,
    columns,
    findings: ordered.slice(0, FINDINGS_KEPT),
    omitted: Math.max(0, ordered.length - FINDINGS_KEPT),
  };
}
