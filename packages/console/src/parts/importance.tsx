import { formatShare } from '../words/index.ts';
import { DataTable } from './data-table.tsx';
import css from './importance.module.css';

/** Share of each column in the changes of the model's scores, the most first. `importance` sums to 1. */
export function Importance(props: { importance: Record<string, number> }) {
  const rows = Object.entries(props.importance).toSorted(([, a], [, b]) => b - a);
  const most = rows[0]?.[1] ?? 0;
  return (
    <DataTable
      caption="Share of score changes by column"
      narrow
      rows={rows}
      rowKey={([name]) => name}
      columns={[
        { id: 'name', title: 'Column', show: ([name]) => name },
        { id: 'share', title: 'Share of score changes', end: true, show: ([, share]) => formatShare(share) },
        {
          id: 'bar',
          title: <span className="visually-hidden">As a bar</span>,
          show: ([, share]) => (
            <svg className={css.bar} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect width={most > 0 ? Math.max(0.5, (share / most) * 100) : 0} height="10" />
            </svg>
          ),
        },
      ]}
    />
  );
}
