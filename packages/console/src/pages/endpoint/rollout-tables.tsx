import type { LabelledVersion, Rollout, ShadowComparison, VersionCounts } from '@slipway/contract';
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
    <Panel
      title="Rules"
      about="Any that calls the version worse takes it back; one that is uncertain holds the rollout."
    >
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

/** How both versions did on predictions whose outcome is known: by true class, since a rare one hides in the share of all. */
export function LabelsPanel({ versions }: { versions: readonly LabelledVersion[] }) {
  const classes = [...new Set(versions.flatMap(({ missed }) => missed.map((each) => each.class)))];
  const measures = [...new Set(versions.flatMap((each) => each.measures.map(({ name }) => name)))];
  return (
    <Panel title="Labels" about="Predictions since the rollout began whose outcome is known.">
      <DataTable
        caption="Labelled predictions by version"
        rows={versions}
        rowKey={(each) => String(each.version)}
        columns={[
          { id: 'version', title: 'Version', show: (each) => String(each.version) },
          { id: 'rows', title: 'Labelled', end: true, show: (each) => formatNumber(each.rows) },
          { id: 'wrong', title: 'Wrong', end: true, show: (each) => shareInWords(each.wrong) },
          ...classes.map((name) => ({
            id: `missed-${name}`,
            title: `Missed ${name}`,
            end: true,
            show: (each: LabelledVersion) => shareInWords(each.missed.find((one) => one.class === name)),
          })),
          ...measures.map((name) => ({
            id: name,
            title: name,
            end: true,
            show: (each: LabelledVersion) => {
              const found = each.measures.find((one) => one.name === name);
              return found === undefined ? '—' : String(Number(found.value.toPrecision(3)));
            },
          })),
        ]}
      />
    </Panel>
  );
}

function shareInWords(share: LabelledVersion['wrong'] | undefined): string {
  if (share == null) return '—';
  const [value, low, high] = [share.count / share.rows, share.low, share.high].map((each) =>
    String(Number((each * 100).toPrecision(3))),
  );
  return `${value} % (${low} to ${high} %)`;
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
