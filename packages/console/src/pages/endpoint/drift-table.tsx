import { ComparedBars } from '../../parts/bars.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Fold } from '../../parts/figure.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatNumber, formatShare } from '../../words/index.ts';
import { type DriftColumn, driftBins, driftState, leadingTest, unseenCount } from './read-drift.ts';

type DriftTableProps = {
  caption: string;
  columns: readonly DriftColumn[];
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
};

/** How each column of a window compares with training, with a picture, and the pictures as a table. */
export function DriftTable(props: DriftTableProps) {
  return (
    <>
      <DataTable
        caption={props.caption}
        rows={props.columns}
        rowKey={(column) => column.name}
        sort={props.sort}
        onSort={props.onSort}
        columns={[
          { id: 'name', title: 'Column', show: (each) => each.name, sortBy: (each) => each.name },
          {
            id: 'state',
            title: 'Drift',
            show: (each) => <StateMark state={driftState(each)} />,
            sortBy: (each) => Number(each.severity ?? each.drifted),
          },
          { id: 'says', title: 'Finding', show: (each) => <Sentence>{each.says}</Sentence> },
          { id: 'picture', title: 'Training and window', show: (each) => <Picture column={each} /> },
          {
            id: 'effect',
            title: 'Measure',
            end: true,
            show: measured,
            sortBy: (each) => leadingTest(each)?.effect,
          },
          {
            id: 'unseen',
            title: 'Never seen',
            end: true,
            show: (each) => formatNumber(unseenCount(each)),
            sortBy: unseenCount,
          },
          {
            id: 'importance',
            title: 'Share of score changes',
            end: true,
            show: (each) => (typeof each.importance === 'number' ? formatShare(each.importance) : '—'),
            sortBy: (each) => (typeof each.importance === 'number' ? each.importance : null),
          },
        ]}
      />
      <BinTables columns={props.columns} />
    </>
  );
}

function measured(column: DriftColumn): string {
  const test = leadingTest(column);
  if (test === undefined) return '—';
  return `${test.measure} ${formatNumber(test.effect)}`;
}

function Picture({ column }: { column: DriftColumn }) {
  const bins = driftBins(column);
  if (bins.length === 0) return <>—</>;
  return (
    <ComparedBars
      small
      reference={bins.map((bin) => bin.reference)}
      current={bins.map((bin) => bin.current)}
      label={column.says}
    />
  );
}

function BinTables(props: { columns: readonly DriftColumn[] }) {
  const rows = props.columns.flatMap((column) =>
    driftBins(column).map((bin) => ({ column: column.name, ...bin })),
  );
  if (rows.length === 0) return null;
  return (
    <Fold title="The pictures as a table">
      <DataTable
        caption="Share of rows by bin, in training and in this window"
        rows={rows}
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
