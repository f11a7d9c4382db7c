import type { ReactNode } from 'react';
import { DataTable } from '../../parts/data-table.tsx';
import { isRecord, RecordFacts } from '../../parts/facts.tsx';
import { Notice } from '../../parts/notice.tsx';
import { formatMetric, formatSeconds, formatShare, nameInWords } from '../../words/index.ts';

type Rec = Record<string, unknown>;

/** Quality by the labels that have come in, and what the model's own probabilities promise meanwhile. */
export function QualityView(props: { performance: unknown }) {
  if (!isRecord(props.performance)) {
    return <p>No labels yet. They can be added late, by prediction id.</p>;
  }
  const { realised, estimated, ...rest } = props.performance;
  return (
    <>
      {isRecord(realised) ? <Realised found={realised} /> : null}
      {isRecord(estimated) ? <Estimated found={estimated} /> : null}
      <RecordFacts record={rest} />
    </>
  );
}

function Realised({ found }: { found: Rec }) {
  return (
    <>
      <Notice state={found.degraded === true ? 'warning' : 'note'} title={String(found.says ?? '')}>
        <p>
          {String(found.labelled ?? 0)} labels, {formatShare(Number(found.coverage))} of the predictions
          {typeof found.medianDelaySeconds === 'number'
            ? `, half of them within ${formatSeconds(found.medianDelaySeconds)}`
            : ''}
          .
        </p>
      </Notice>
      <Figures
        caption="Quality by labels"
        rows={[
          interval(`${nameInWords(String(found.metric))}, by labels`, found.primary),
          interval(`${nameInWords(String(found.metric))}, on the hold-out`, found.holdout),
          ...(isRecord(found.metrics) ? Object.entries(found.metrics) : [])
            .filter(([name]) => name !== found.metric)
            .map(([name, value]) => ({ name: nameInWords(name), value: text(value), range: '' })),
        ]}
      />
    </>
  );
}

function Estimated({ found }: { found: Rec }) {
  return (
    <>
      <Notice state={found.trusted === false ? 'warning' : 'note'} title={String(found.says ?? '')} />
      <Figures
        caption="Quality as estimated without labels"
        rows={[
          { name: 'Accuracy, estimated', value: text(found.accuracy), range: '' },
          { name: 'ROC AUC, estimated', value: text(found.rocAuc), range: '' },
          { name: 'Mean gap to the labels', value: text(found.gap), range: '' },
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

function interval(name: string, found: unknown): Figure {
  if (!isRecord(found)) return { name, value: '—', range: '' };
  return { name, value: text(found.value), range: `${text(found.low)} to ${text(found.high)}` };
}

function text(value: unknown): string {
  return typeof value === 'number' ? formatMetric(value) : '—';
}
