import { type OperationAnswer, readingInWords } from '@slipway/contract';
import { DataTable } from '../../parts/data-table.tsx';
import { Findings } from '../../parts/findings.tsx';
import { RowsTable } from '../../parts/rows-table.tsx';
import { formatNumber } from '../../words/index.ts';

/** How a file would be read, and its first rows. */
export function InspectedView({ found }: { found: OperationAnswer<'uploads.inspect'> }) {
  const { columns, rows, missingWords, report } = found;
  return (
    <>
      <h3>
        The first {formatNumber(rows.length)} of {formatNumber(report.rows)} rows
      </h3>
      <RowsTable caption="First rows of the file" rows={rows} columns={columns.map(({ name }) => name)} />
      <h3>Columns</h3>
      <DataTable
        caption="Columns of the file"
        narrow
        rows={columns}
        rowKey={({ name }) => name}
        columns={[
          { id: 'name', title: 'Column', show: ({ name }) => name },
          { id: 'type', title: 'Type', show: ({ type }) => type },
          { id: 'role', title: 'Role', show: ({ role }) => role ?? '' },
          { id: 'reading', title: 'How it is read', show: ({ reading }) => readingInWords(reading) },
        ]}
      />
      <p>Words that mean a missing value: {missingWords.length === 0 ? 'none' : missingWords.join(', ')}</p>
      <h3>Findings</h3>
      <Findings findings={report.findings} />
    </>
  );
}
