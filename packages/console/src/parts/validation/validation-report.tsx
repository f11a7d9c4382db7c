import { NativeSelect } from '@mantine/core';
import { ownValue } from '@slipway/contract';
import { useState } from 'react';
import { formatMetric, formatNumber, nameInWords } from '../../words/index.ts';
import { DataTable } from '../data-table.tsx';
import { isRecord, RecordFacts } from '../facts.tsx';
import { Fold } from '../figure.tsx';
import { ForecastView } from '../forecast/forecast-view.tsx';
import { readForecast } from '../forecast/read-forecast.ts';
import { Notice } from '../notice.tsx';
import { Sentence } from '../sentence.tsx';
import { ClassificationView } from './classification-view.tsx';
import { ExplanationView } from './explanation-view.tsx';
import { GroupsView } from './groups-view.tsx';
import { readExplanation } from './read-explanation.ts';
import { type DatasetReport, type Residuals, readDecision, readReport, type Slice } from './read-report.ts';

/** How a candidate did on rows never trained on: against the baseline and the champion, by class, by slice. */
export function ValidationReport(props: { report: unknown }) {
  const datasets = readReport(props.report);
  const [picked, setPicked] = useState<string>();
  if (datasets.length === 0) {
    return isRecord(props.report) ? <RecordFacts record={props.report} /> : <p>There is no report.</p>;
  }
  const explanation = readExplanation(props.report);
  const shown = datasets.find(({ name }) => name === picked) ?? datasets[0]!;
  const decision = readDecision(props.report);
  return (
    <>
      {decision === undefined ? null : (
        <p>
          <Sentence>{decision}</Sentence>
        </p>
      )}
      {datasets.length === 1 ? null : (
        <SetPicker datasets={datasets} shown={shown} onPick={(name) => setPicked(name)} />
      )}
      <DatasetView key={shown.name} dataset={shown} />
      {explanation === undefined ? null : <ExplanationView found={explanation} />}
    </>
  );
}

/** The sets with the primary figure of each, so that they are compared before one is looked at. */
function SetPicker(props: {
  datasets: readonly DatasetReport[];
  shown: DatasetReport;
  onPick(name: string): void;
}) {
  return (
    <NativeSelect
      size="xs"
      label="Validation set"
      maw="32rem"
      data={props.datasets.map(({ name, rows, primary: { metric, value } }) => ({
        value: name,
        label: `${name}: ${nameInWords(metric)} ${formatMetric(value)}, ${formatNumber(rows)} rows`,
      }))}
      value={props.shown.name}
      onChange={(event) => props.onPick(event.currentTarget.value)}
    />
  );
}

/** What to know of the rows of a further set before its figures are believed. */
function SetNotes({ dataset }: { dataset: DatasetReport }) {
  const { origin, withoutOverlap, primary } = dataset;
  if (origin === undefined || origin.notes.length === 0) return null;
  const rest = withoutOverlap && ownValue(withoutOverlap.metrics, primary.metric);
  return (
    <Notice state="warning" title={`Of ${origin.dataset}, version ${origin.version}`}>
      {origin.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {withoutOverlap === undefined || rest === undefined ? null : (
        <p>
          On the other {formatNumber(withoutOverlap.rows)} rows: {nameInWords(primary.metric)}{' '}
          {formatMetric(rest)}.
        </p>
      )}
    </Notice>
  );
}

function DatasetView({ dataset }: { dataset: DatasetReport }) {
  const { primary, classification, residuals } = dataset;
  const forecast = readForecast(dataset.forecast);
  return (
    <>
      <h3>
        On {dataset.name}, {formatNumber(dataset.rows)} rows
      </h3>
      <p>
        {nameInWords(primary.metric)} {formatMetric(primary.value)}, 95 % interval {formatMetric(primary.low)}{' '}
        to {formatMetric(primary.high)}. Baseline: {dataset.baseline.says}.
      </p>
      <SetNotes dataset={dataset} />
      <Comparison dataset={dataset} />
      {classification ? <ClassificationView found={classification} /> : null}
      {forecast === undefined ? null : <ForecastView found={forecast} />}
      {residuals ? <ResidualsView found={residuals} /> : null}
      {dataset.groups === undefined ? null : <GroupsView reports={dataset.groups} />}
      {dataset.slices.length === 0 ? null : (
        <Fold title={`Where it errs most (the worst of ${dataset.slicesExamined} slices)`}>
          <Slices slices={dataset.slices} />
        </Fold>
      )}
    </>
  );
}

function Comparison({ dataset }: { dataset: DatasetReport }) {
  const { champion, baseline } = dataset;
  const figure = (metrics: Record<string, number>, name: string) =>
    formatMetric(ownValue(metrics, name) ?? Number.NaN);
  return (
    <DataTable
      caption={`Metrics on ${dataset.name}`}
      narrow
      rows={Object.keys(dataset.metrics)}
      rowKey={(name) => name}
      isCurrent={(name) => name === dataset.primary.metric}
      columns={[
        { id: 'name', title: 'Metric', show: nameInWords },
        { id: 'model', title: 'Model', end: true, show: (name) => figure(dataset.metrics, name) },
        { id: 'baseline', title: 'Baseline', end: true, show: (name) => figure(baseline.metrics, name) },
        ...(champion
          ? [
              {
                id: 'champion',
                title: `Champion (version ${champion.version})`,
                end: true,
                show: (name: string) => figure(champion.metrics, name),
              },
            ]
          : []),
      ]}
    />
  );
}

/** Rows that share a value, where the loss is worst. */
export function Slices(props: { slices: readonly Slice[] }) {
  return (
    <DataTable
      caption="Slices"
      narrow
      rows={props.slices}
      rowKey={(slice) => `${slice.column} ${slice.says}`}
      columns={[
        { id: 'slice', title: 'Slice', show: (slice) => `${slice.column} ${slice.says}` },
        { id: 'rows', title: 'Rows', end: true, show: (slice) => formatNumber(slice.rows) },
        { id: 'loss', title: 'Loss', end: true, show: (slice) => formatMetric(slice.loss) },
        {
          id: 'else',
          title: 'Loss elsewhere',
          end: true,
          show: (slice) => formatMetric(slice.lossElsewhere),
        },
        { id: 'worse', title: 'Beyond chance', show: (slice) => (slice.clearlyWorse ? 'yes' : 'no') },
      ]}
    />
  );
}

function ResidualsView({ found }: { found: Residuals }) {
  return (
    <Fold title="Errors from high to low predictions" open>
      <DataTable
        caption="Errors by prediction"
        narrow
        rows={found.byPrediction}
        rowKey={(_, index) => String(index)}
        columns={[
          {
            id: 'prediction',
            title: 'Mean prediction',
            end: true,
            show: (row) => formatMetric(row.prediction),
          },
          { id: 'truth', title: 'Mean truth', end: true, show: (row) => formatMetric(row.truth) },
          { id: 'rmse', title: 'RMSE', end: true, show: (row) => formatMetric(row.rmse) },
          { id: 'rows', title: 'Rows', end: true, show: (row) => formatNumber(row.rows) },
        ]}
      />
    </Fold>
  );
}
