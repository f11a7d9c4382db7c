import { ownValue } from '@slipway/contract';
import { formatMetric, formatNumber, nameInWords } from '../../words/index.ts';
import { DataTable } from '../data-table.tsx';
import { isRecord, RecordFacts } from '../facts.tsx';
import { Fold } from '../figure.tsx';
import { ForecastView } from '../forecast/forecast-view.tsx';
import { readForecast } from '../forecast/read-forecast.ts';
import { ClassificationView } from './classification-view.tsx';
import { ExplanationView } from './explanation-view.tsx';
import { readExplanation } from './read-explanation.ts';
import { type DatasetReport, type Residuals, readReport, type Slice } from './read-report.ts';
import { readShift } from './read-shift.ts';
import { ShiftView } from './shift-view.tsx';

/** How a candidate did on rows never trained on: against the baseline and the champion, by class, by slice. */
export function ValidationReport(props: { report: unknown }) {
  const datasets = readReport(props.report);
  if (datasets.length === 0) {
    return isRecord(props.report) ? <RecordFacts record={props.report} /> : <p>There is no report.</p>;
  }
  const explanation = readExplanation(props.report);
  const shift = isRecord(props.report) ? readShift(props.report.shift) : undefined;
  return (
    <>
      {datasets.map((dataset) => (
        <DatasetView key={dataset.name} dataset={dataset} />
      ))}
      {shift === undefined ? null : <ShiftView found={shift} />}
      {explanation === undefined ? null : <ExplanationView found={explanation} />}
    </>
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
      <Comparison dataset={dataset} />
      {classification ? <ClassificationView found={classification} /> : null}
      {forecast === undefined ? null : <ForecastView found={forecast} />}
      {residuals ? <ResidualsView found={residuals} /> : null}
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
