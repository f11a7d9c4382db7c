import type { IngestFinding } from '@slipway/contract';
import { formatNumber } from '../words/index.ts';
import { DataTable } from './data-table.tsx';
import { Sentence } from './sentence.tsx';
import { StateMark } from './state-mark.tsx';

/** What was found and decided when a file was read. */
export function Findings(props: { findings: readonly IngestFinding[] }) {
  return (
    <DataTable
      caption="Findings"
      rows={props.findings}
      rowKey={(_, index) => String(index)}
      columns={[
        { id: 'severity', title: 'Severity', show: ({ severity }) => <StateMark state={severity} /> },
        { id: 'column', title: 'Column', show: ({ column }) => column ?? '' },
        {
          id: 'line',
          title: 'Line',
          end: true,
          show: ({ line }) => (line === undefined ? '' : formatNumber(line)),
        },
        {
          id: 'value',
          title: 'Value',
          show: ({ value }) => (value === undefined ? '' : <code>{value}</code>),
        },
        { id: 'message', title: 'Message', show: ({ message }) => <Sentence>{message}</Sentence> },
        {
          id: 'override',
          title: 'Override',
          show: ({ override }) => (override === undefined ? '' : <code>{override}</code>),
        },
      ]}
    />
  );
}
