import type { MonitorReport } from '@slipway/contract';
import { ComparedLegend } from '../../parts/bars.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { formatNumber } from '../../words/index.ts';
import { DriftTable } from './drift-table.tsx';
import { QualityView } from './quality-view.tsx';
import { driftBins, scoresOf } from './read-drift.ts';
import { RefusedCalls } from './refused-calls.tsx';

/** One report: the verdict, the predictions, each column, and performance where labels have come in. */
export function ReportView({ report }: { report: MonitorReport }) {
  const [sort, setSort] = useAddress('sort');
  const scores = scoresOf(report);
  const pictured = [...scores, ...report.columns].some((column) => driftBins(column).length > 0);
  return (
    <>
      <Notice state={report.drifted ? 'drifted' : 'done'} title={report.says} />
      {report.chosenDates === true ? (
        <p>The dates of this report were chosen: it opens and closes no alert and starts no retraining.</p>
      ) : null}
      <Facts
        entries={[
          { name: 'Rows', value: formatNumber(report.window.rows) },
          { name: 'From', value: <Moment at={report.window.from} precise /> },
          { name: 'To', value: <Moment at={report.window.to} precise /> },
        ]}
      />
      {pictured ? <ComparedLegend /> : null}
      {scores.length === 0 ? null : (
        <>
          <h3>Predictions</h3>
          <DriftTable caption="Drift of the predictions" columns={scores} />
        </>
      )}
      <h3>Columns</h3>
      <DriftTable caption="Drift by column" columns={report.columns} sort={sort} onSort={setSort} />
      {report.calls === undefined || report.calls.refused === 0 ? null : (
        <>
          <h3>Refused calls</h3>
          <RefusedCalls calls={report.calls} />
        </>
      )}
      <h3>Performance</h3>
      <QualityView performance={report.performance} />
    </>
  );
}
