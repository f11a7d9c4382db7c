import type { IngestReport } from '@slipway/contract';
import { Findings } from '../../parts/findings.tsx';
import { Panel } from '../../parts/page.tsx';
import { formatNumber } from '../../words/index.ts';

/** What was detected and decided when the file of a version was read. */
export function ReportPanel(props: { report: IngestReport | null; missingWords: readonly string[] }) {
  const { report, missingWords } = props;
  if (report === null) return null;
  const { source, format, rows, columns, findings, omitted } = report;
  return (
    <Panel
      title="How this file was read"
      about={`${source}: ${format}, ${formatNumber(rows)} rows, ${formatNumber(columns)} columns`}
    >
      <p>Words that mean a missing value: {missingWords.length === 0 ? 'none' : missingWords.join(', ')}</p>
      {findings.length === 0 ? <p>There is nothing to check.</p> : <Findings findings={findings} />}
      {omitted === 0 ? null : <p>{formatNumber(omitted)} more findings were left off.</p>}
    </Panel>
  );
}
