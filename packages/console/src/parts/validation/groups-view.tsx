import type { GroupReport } from '@slipway/contract';
import { formatMetric, formatNumber, nameInWords } from '../../words/index.ts';
import { DataTable } from '../data-table.tsx';
import { Sentence } from '../sentence.tsx';

/** How the model fares in the groups of each column that was asked for, and the widest gaps between groups. */
export function GroupsView({ reports }: { reports: readonly GroupReport[] }) {
  return reports.map((report) => (
    <section key={report.column} aria-label={`Groups of ${report.column}`}>
      <h3>Groups of {report.column}</h3>
      <p>
        <Sentence>{report.says}</Sentence>
      </p>
      <Groups {...report} />
      <Gaps {...report} />
    </section>
  ));
}

type Range = { value: number; low: number; high: number };

function rangeInWords({ value, low, high }: Range): string {
  return `${formatMetric(value)} (${formatMetric(low)} to ${formatMetric(high)})`;
}

function Groups({ column, groups }: GroupReport) {
  const measures = [...new Set(groups.flatMap(({ intervals }) => Object.keys(intervals)))];
  return (
    <DataTable
      caption={`Groups of ${column}, with 95 % intervals`}
      narrow
      rows={groups}
      rowKey={({ value }) => value}
      columns={[
        { id: 'group', title: 'Group', show: ({ value }) => value },
        {
          id: 'rows',
          title: 'Rows',
          end: true,
          show: ({ rows, compared }) => `${formatNumber(rows)}${compared ? '' : ' (too few)'}`,
        },
        ...measures.map((measure) => ({
          id: `measure:${measure}`,
          title: nameInWords(measure),
          end: true,
          show: ({ intervals }: GroupReport['groups'][number]) => {
            const found = new Map(Object.entries(intervals)).get(measure);
            return found === undefined ? '—' : rangeInWords(found);
          },
        })),
      ]}
    />
  );
}

function Gaps({ column, gaps, comparisons }: GroupReport) {
  const rows = Object.entries(gaps).map(([name, gap]) => ({ name, ...gap }));
  if (rows.length === 0) return <p>No two groups have enough rows to be compared.</p>;
  return (
    <>
      <p>
        The widest gap of each measure, with intervals corrected for {formatNumber(comparisons)}{' '}
        {comparisons === 1 ? 'comparison' : 'comparisons'} (Bonferroni).
      </p>
      <DataTable
        caption={`Gaps between groups of ${column}`}
        narrow
        rows={rows}
        rowKey={({ name }) => name}
        columns={[
          { id: 'name', title: 'Gap', show: ({ name }) => nameInWords(name) },
          { id: 'value', title: '95 % interval', end: true, show: rangeInWords },
          { id: 'between', title: 'Between', show: ({ between }) => between.join(' and ') },
          {
            id: 'beyond',
            title: 'Beyond chance',
            show: ({ name, low, high }) => ((name.endsWith('-ratio') ? high < 1 : low > 0) ? 'yes' : 'no'),
          },
        ]}
      />
    </>
  );
}
