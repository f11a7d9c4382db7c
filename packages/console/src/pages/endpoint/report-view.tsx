import type { MonitorReport } from '@slipway/contract';
import { sharesOf } from '../../parts/bar-geometry.ts';
import { ComparedBars, ComparedLegend } from '../../parts/bars.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts, isRecord, RecordFacts } from '../../parts/facts.tsx';
import { Fold } from '../../parts/figure.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Notice } from '../../parts/notice.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { factName, formatFact, formatNumber, formatShare, nameInWords } from '../../words/index.ts';
import { type DriftColumn, driftBins, driftMeasures } from './read-drift.ts';

const TOLD = ['endpoint', 'createdAt', 'window', 'drifted', 'says', 'columns', 'performance', 'id', 'kind'];

/** One report: the verdict, each column, and quality where labels have come in. */
export function ReportView({ report }: { report: MonitorReport }) {
  const [sort, setSort] = useAddress('sort');
  const measures = driftMeasures(report.columns);
  return (
    <>
      <Notice state={report.drifted ? 'drifted' : 'done'} title={report.says} />
      <Facts
        entries={[
          { name: 'Rows', value: formatNumber(report.window.rows) },
          { name: 'From', value: <Moment at={report.window.from} precise /> },
          { name: 'To', value: <Moment at={report.window.to} precise /> },
        ]}
      />
      <h3>Columns</h3>
      {report.columns.some((column) => driftBins(column).length > 0) ? <ComparedLegend /> : null}
      <DataTable
        caption="Drift by column"
        rows={report.columns}
        rowKey={(column) => column.name}
        sort={sort}
        onSort={setSort}
        columns={[
          { id: 'name', title: 'Column', show: (each) => each.name, sortBy: (each) => each.name },
          {
            id: 'drifted',
            title: 'Drift',
            show: (each) => <StateMark state={each.drifted ? 'drifted' : 'steady'} />,
            sortBy: (each) => Number(each.drifted),
          },
          { id: 'picture', title: 'Training, this window', show: (each) => <Picture column={each} /> },
          ...measures.map((measure) => ({
            id: `measure:${measure}`,
            title: nameInWords(factName(measure)),
            end: true,
            show: (each: DriftColumn) => formatFact(measure, each[measure]),
            sortBy: (each: DriftColumn) => Number(each[measure]),
          })),
          { id: 'says', title: 'Says', show: (each) => each.says },
        ]}
      />
      <BinTables columns={report.columns} />
      <h3>Quality by labels</h3>
      {isRecord(report.performance) ? (
        <RecordFacts record={report.performance} />
      ) : (
        <p>No labels yet. They can be added late, by prediction id.</p>
      )}
      <RecordFacts record={report} leaveOut={TOLD} />
    </>
  );
}

function Picture({ column }: { column: DriftColumn }) {
  const bins = driftBins(column);
  if (bins.length === 0) return <>—</>;
  return (
    <ComparedBars
      small
      reference={bins.map((bin) => bin.reference)}
      current={bins.map((bin) => bin.current)}
      label={`${column.name}: ${column.says}`}
    />
  );
}

function BinTables(props: { columns: readonly DriftColumn[] }) {
  const pictured = props.columns.filter((column) => driftBins(column).length > 0);
  if (pictured.length === 0) return null;
  return (
    <Fold title="The pictures as a table">
      <DataTable
        caption="Share of rows by bin, in training and in this window"
        rows={pictured.flatMap(binRows)}
        rowKey={(row) => `${row.column} ${row.label}`}
        columns={[
          { id: 'column', title: 'Column', show: (row) => row.column },
          { id: 'label', title: 'Bin', show: (row) => row.label },
          { id: 'reference', title: 'Training', end: true, show: (row) => formatShare(row.reference) },
          { id: 'current', title: 'This window', end: true, show: (row) => formatShare(row.current) },
        ]}
      />
    </Fold>
  );
}

function binRows(column: DriftColumn) {
  const bins = driftBins(column);
  const reference = sharesOf(bins.map((bin) => bin.reference));
  const current = sharesOf(bins.map((bin) => bin.current));
  return bins.map((bin, index) => ({
    column: column.name,
    label: bin.label,
    reference: reference[index] ?? 0,
    current: current[index] ?? 0,
  }));
}
