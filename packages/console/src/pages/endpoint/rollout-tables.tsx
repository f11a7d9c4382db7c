import type { Rollout, ShadowComparison, VersionCounts } from '@slipway/contract';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Panel } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatNumber } from '../../words/index.ts';

/** What both versions did in the step, side by side. */
export function CountsTable({ rows }: { rows: readonly VersionCounts[] }) {
  const ms = (value: number | null) => (value === null ? '—' : `${Number(value.toPrecision(3))} ms`);
  return (
    <DataTable
      caption="What both versions answered in this step"
      rows={rows}
      rowKey={(each) => String(each.version)}
      columns={[
        { id: 'version', title: 'Version', show: (each) => each.version },
        { id: 'requests', title: 'Requests', end: true, show: (each) => formatNumber(each.requests) },
        { id: 'errors', title: 'Errors', end: true, show: (each) => formatNumber(each.errors) },
        { id: 'refused', title: 'Refused', end: true, show: (each) => formatNumber(each.refused) },
        { id: 'p50', title: 'p50', end: true, show: (each) => ms(each.p50Ms) },
        { id: 'p95', title: 'p95', end: true, show: (each) => ms(each.p95Ms) },
        { id: 'p99', title: 'p99', end: true, show: (each) => ms(each.p99Ms) },
      ]}
    />
  );
}

/** Why the rollout goes on, or does not. */
export function ChecksPanel({ checks }: { checks: Rollout['checks'] }) {
  return (
    <Panel title="Rules" about="Any that calls the version worse takes it back.">
      <DataTable
        caption="What each rule says"
        rows={checks}
        rowKey={(each) => each.rule}
        columns={[
          { id: 'rule', title: 'Rule', show: (each) => each.rule },
          { id: 'verdict', title: 'Verdict', show: (each) => <StateMark state={each.verdict} /> },
          { id: 'says', title: 'Why', show: (each) => each.says },
        ]}
      />
    </Panel>
  );
}

/** How the answers of a shadow compare with the live ones. */
export function ShadowPanel({ shadow }: { shadow: ShadowComparison }) {
  const { version, compared, agreement, meanAbsoluteDifference, failed, dropped, liveMs, shadowMs } = shadow;
  const number = (value: number | null, unit = '') =>
    value === null ? '—' : `${Number(value.toPrecision(3))}${unit}`;
  return (
    <Panel title={`Shadow: version ${version}`} about="Its answers are compared and never returned.">
      <Facts
        entries={[
          { name: 'Rows compared', value: formatNumber(compared) },
          { name: 'The same answer', value: number(agreement === null ? null : agreement * 100, ' %') },
          { name: 'Mean difference', value: number(meanAbsoluteDifference) },
          { name: 'Failed', value: formatNumber(failed) },
          { name: 'Left out', value: formatNumber(dropped) },
          { name: 'Time', value: `${number(shadowMs, ' ms')}, live ${number(liveMs, ' ms')}` },
        ]}
      />
    </Panel>
  );
}
