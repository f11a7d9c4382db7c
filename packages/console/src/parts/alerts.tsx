import type { Alert } from '@slipway/contract';
import { DataTable } from './data-table.tsx';
import { Moment } from './moment.tsx';
import { Sentence } from './sentence.tsx';
import { StateMark } from './state-mark.tsx';

export function Alerts(props: { alerts: readonly Alert[] }) {
  if (props.alerts.length === 0) return <p>No open alert.</p>;
  return (
    <DataTable
      caption="Alerts"
      rows={props.alerts}
      rowKey={(alert) => alert.id}
      columns={[
        { id: 'severity', title: 'Severity', show: (alert) => <StateMark state={alert.severity} /> },
        {
          id: 'says',
          title: 'Message',
          show: (alert) => <Sentence>{alert.says}</Sentence>,
        },
        { id: 'endpoint', title: 'Endpoint', show: (alert) => alert.endpoint },
        { id: 'version', title: 'Version', show: (alert) => alert.version ?? '—' },
        { id: 'state', title: 'State', show: (alert) => alert.state },
        { id: 'first', title: 'First seen', show: (alert) => <Moment at={alert.firstSeen} /> },
        { id: 'last', title: 'Last seen', show: (alert) => <Moment at={alert.lastSeen} /> },
      ]}
    />
  );
}
