import { ownValue } from '@slipway/contract';
import { formatMetric, nameInWords } from '../words/index.ts';
import { DataTable } from './data-table.tsx';

/** Metrics of one model, the primary one first. */
export function Metrics(props: { metrics: Record<string, number>; primary?: string }) {
  const names = Object.keys(props.metrics).toSorted(
    (a, b) => Number(b === props.primary) - Number(a === props.primary),
  );
  if (names.length === 0) return <p>No metrics yet.</p>;
  return (
    <DataTable
      caption="Metrics"
      narrow
      rows={names}
      rowKey={(name) => name}
      isCurrent={(name) => name === props.primary}
      columns={[
        {
          id: 'name',
          title: 'Metric',
          show: (name) => (name === props.primary ? `${nameInWords(name)} (primary)` : nameInWords(name)),
        },
        {
          id: 'value',
          title: 'On the hold-out',
          end: true,
          show: (name) => formatMetric(ownValue(props.metrics, name) ?? Number.NaN),
        },
      ]}
    />
  );
}
