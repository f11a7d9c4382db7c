import type { MonitorReport } from '@slipway/contract';
import type { ReactNode } from 'react';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Notice } from '../../parts/notice.tsx';
import { formatMetric, formatSeconds, formatShare, nameInWords } from '../../words/index.ts';

type Performance = MonitorReport['performance'];
type Realised = NonNullable<Performance['realised']>;
type Estimated = NonNullable<Performance['estimated']>;

/** Performance by the labels that have come in, and what the model's own probabilities promise meanwhile. */
export function QualityView({ performance }: { performance: Performance }) {
  const { realised, estimated } = performance;
  return (
    <>
      {realised ? <RealisedView found={realised} /> : null}
      {estimated ? <EstimatedView found={estimated} /> : null}
    </>
  );
}

function RealisedView({ found }: { found: Realised }) {
  const { measures = [], unknownClasses, metrics } = found;
  const decides = new Set(measures.map(({ id }) => id));
  return (
    <>
      <Notice state={found.degraded ? 'warning' : 'note'} title={found.decision ?? found.says}>
        <Coverage found={found} />
      </Notice>
      {unknownClasses ? <Notice state="warning" title={unknownClasses.says} /> : null}
      <Measures measures={measures} />
      <Figures
        caption="Other metrics on labelled predictions"
        rows={[
          ...(decides.has(found.metric) ? [] : [interval(nameInWords(found.metric), found.primary)]),
          ...Object.entries(metrics)
            .filter(([name]) => name !== found.metric && !decides.has(name))
            .map(([name, value]) => ({ name: nameInWords(name), value: text(value), range: '' })),
        ]}
      />
    </>
  );
}

/** Which predictions are labelled, of when, and how late labels arrive. */
function Coverage({ found }: { found: Realised }) {
  const { labelled, rows, coverage, from, to, medianDelaySeconds, p90DelaySeconds } = found;
  return (
    <p>
      {String(labelled)} of {String(rows)} predictions are labelled ({formatShare(coverage)})
      {from && to ? (
        <>
          , made from <Moment at={from} precise /> to <Moment at={to} precise />
        </>
      ) : null}
      {medianDelaySeconds === null
        ? ''
        : `; labels arrive after ${formatSeconds(medianDelaySeconds)} (median)`}
      {p90DelaySeconds == null ? '' : `, ${formatSeconds(p90DelaySeconds)} (90th percentile)`}.
    </p>
  );
}

type Measure = NonNullable<Realised['measures']>[number];

/** The measures that decide, beside the hold-out's. */
function Measures({ measures }: { measures: readonly Measure[] }) {
  if (measures.length === 0) return null;
  return (
    <DataTable<Measure>
      caption="Measures that decide"
      narrow
      rows={measures}
      rowKey={({ id }) => id}
      columns={[
        { id: 'name', title: 'Measure', show: ({ name }) => name },
        { id: 'value', title: 'Labelled predictions', end: true, show: ({ value }) => withRange(value) },
        { id: 'holdout', title: 'Hold-out', end: true, show: ({ holdout }) => withRange(holdout) },
        { id: 'allowed', title: 'Allowed difference', end: true, show: ({ allowed }) => text(allowed) },
        { id: 'decision', title: 'Decision', show: ({ degraded }) => (degraded ? 'worse' : 'not worse') },
      ]}
    />
  );
}

function EstimatedView({ found }: { found: Estimated }) {
  const { onLabels } = found;
  return (
    <>
      <Notice state={found.trusted ? 'note' : 'warning'} title={found.says} />
      <Figures
        caption="Performance as estimated without labels"
        rows={[
          { name: 'Accuracy, estimated', value: text(found.accuracy), range: '' },
          { name: 'ROC AUC, estimated', value: text(found.rocAuc), range: '' },
          {
            name: 'Accuracy of labelled predictions, estimated',
            value: text(onLabels?.estimated),
            range: '',
          },
          { name: 'Accuracy of labelled predictions, measured', value: text(onLabels?.measured), range: '' },
        ]}
      />
    </>
  );
}

type Figure = { name: string; value: string; range: string };

function Figures(props: { caption: string; rows: readonly Figure[] }): ReactNode {
  return (
    <DataTable<Figure>
      caption={props.caption}
      narrow
      rows={props.rows}
      rowKey={(row) => row.name}
      columns={[
        { id: 'name', title: 'Metric', show: (row) => row.name },
        { id: 'value', title: 'Value', end: true, show: (row) => row.value },
        { id: 'range', title: '95 % interval', end: true, show: (row) => row.range },
      ]}
    />
  );
}

type Interval = { value: number; low: number; high: number };

function interval(name: string, found: Interval | null): Figure {
  if (found === null) return { name, value: '—', range: '' };
  return { name, value: text(found.value), range: `${text(found.low)} to ${text(found.high)}` };
}

function withRange(found: Interval | null): string {
  return found === null ? '—' : `${text(found.value)} (${text(found.low)} to ${text(found.high)})`;
}

function text(value: unknown): string {
  return typeof value === 'number' ? formatMetric(value) : '—';
}
