import type { CallsReport } from '@slipway/contract';
import { DataTable } from '../../parts/data-table.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { formatNumber, formatShare } from '../../words/index.ts';

/** Calls of a window that were refused for what they sent, by reason. */
export function RefusedCalls({ calls }: { calls: CallsReport }) {
  return (
    <DataTable
      caption="Refused calls by reason"
      rows={calls.refusals}
      rowKey={({ code, column }) => `${code} ${column ?? ''}`}
      columns={[
        { id: 'says', title: 'Reason', show: ({ says }) => <Sentence>{says}</Sentence> },
        { id: 'column', title: 'Column', show: ({ column }) => column ?? '—' },
        { id: 'count', title: 'Calls', end: true, show: ({ count }) => formatNumber(count) },
        { id: 'share', title: 'Of all calls', end: true, show: ({ share }) => formatShare(share) },
        { id: 'code', title: 'Failure', show: ({ code }) => code },
      ]}
    />
  );
}
