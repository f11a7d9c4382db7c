import { formatMetric, formatNumber, formatShare } from '../../words/index.ts';
import { DataTable } from '../data-table.tsx';
import { Figure } from '../figure.tsx';
import css from './classification-view.module.css';
import { CurvePicture } from './curve-picture.tsx';
import type { Classification, Point } from './read-report.ts';

/** Confusion, calibration and the two curves, each picture with its table. */
export function ClassificationView({ found }: { found: Classification }) {
  return (
    <>
      <h3>Confusion</h3>
      <Confusion {...found.confusion} />
      <ByClass rows={found.perClass} />
      <div className={css.figures}>
        {found.roc.length === 0 ? null : (
          <Curve
            title="ROC curve"
            points={found.roc}
            x="False positive rate"
            y="True positive rate"
            diagonal
            caption="The further above the diagonal, the better it tells the classes apart."
          />
        )}
        {found.precisionRecall.length === 0 ? null : (
          <Curve
            title="Precision and recall"
            points={found.precisionRecall}
            x="Recall"
            y="Precision"
            caption="How precise its answers stay as more of the positives are found."
          />
        )}
        {found.reliability.length === 0 ? null : <Calibration bins={found.reliability} />}
      </div>
    </>
  );
}

/** Each class against all others. */
function ByClass({ rows }: { rows: Classification['perClass'] }) {
  const figure = (value: number | undefined) => (value === undefined ? '—' : formatMetric(value));
  return (
    <DataTable
      caption="By class, each against all others"
      narrow
      rows={rows}
      rowKey={(row) => row.class}
      columns={[
        { id: 'class', title: 'Class', show: (row) => row.class },
        { id: 'rows', title: 'Rows', end: true, show: (row) => formatNumber(row.rows) },
        { id: 'recall', title: 'Sensitivity (recall)', end: true, show: (row) => figure(row.recall) },
        { id: 'specificity', title: 'Specificity', end: true, show: (row) => figure(row.specificity) },
        { id: 'precision', title: 'PPV (precision)', end: true, show: (row) => figure(row.precision) },
        { id: 'npv', title: 'NPV', end: true, show: (row) => figure(row.npv) },
        { id: 'f1', title: 'F1', end: true, show: (row) => figure(row.f1) },
      ]}
    />
  );
}

/** Counts of truths by answer, and their shares of the truth. */
export function Confusion(props: Classification['confusion']) {
  return (
    <DataTable
      caption="Confusion: truth by row, answer by column"
      narrow
      rows={props.counts.map((counts, truth) => ({ truth: props.classes[truth] ?? '', counts }))}
      rowKey={(row) => row.truth}
      columns={[
        { id: 'truth', title: 'Truth', show: (row) => row.truth },
        ...props.classes.map((name, place) => ({
          id: `class:${name}`,
          title: `answered ${name}`,
          end: true,
          show: (row: { counts: number[] }) => shareOfRow(row.counts, place),
        })),
      ]}
    />
  );
}

function shareOfRow(counts: readonly number[], place: number): string {
  const count = counts[place] ?? 0;
  const total = counts.reduce((sum, each) => sum + each, 0);
  return total === 0 ? formatNumber(count) : `${formatNumber(count)} (${formatShare(count / total)})`;
}

type CurveProps = {
  title: string;
  points: readonly Point[];
  x: string;
  y: string;
  caption: string;
  diagonal?: boolean;
};

function Curve(props: CurveProps) {
  return (
    <div className={css.figure}>
      <h3>{props.title}</h3>
      <Figure
        picture={
          <CurvePicture
            points={props.points}
            label={`${props.title}. ${props.caption}`}
            x={props.x}
            y={props.y}
            diagonal={props.diagonal ?? false}
          />
        }
        caption={props.caption}
        table={
          <DataTable
            caption={props.title}
            narrow
            rows={props.points}
            rowKey={(_, index) => String(index)}
            columns={[
              {
                id: 'threshold',
                title: 'Threshold',
                end: true,
                show: (point) => (point.threshold === null ? '—' : formatMetric(point.threshold)),
              },
              { id: 'x', title: props.x, end: true, show: (point) => formatMetric(point.x) },
              { id: 'y', title: props.y, end: true, show: (point) => formatMetric(point.y) },
            ]}
          />
        }
      />
    </div>
  );
}

function Calibration(props: { bins: Classification['reliability'] }) {
  const points = props.bins.map((bin) => ({ threshold: null, x: bin.stated, y: bin.observed }));
  const caption = 'On the diagonal, what it states is what comes true.';
  return (
    <div className={css.figure}>
      <h3>Calibration</h3>
      <Figure
        picture={
          <CurvePicture
            points={points}
            label={`Calibration. ${caption}`}
            x="Stated probability"
            y="Came true"
            diagonal
            dots
          />
        }
        caption={caption}
        table={
          <DataTable
            caption="Calibration"
            narrow
            rows={props.bins}
            rowKey={(_, index) => String(index)}
            columns={[
              { id: 'stated', title: 'Stated', end: true, show: (bin) => formatMetric(bin.stated) },
              { id: 'observed', title: 'Came true', end: true, show: (bin) => formatMetric(bin.observed) },
              {
                id: 'range',
                title: '95 % interval',
                end: true,
                show: (bin) => `${formatMetric(bin.low)} to ${formatMetric(bin.high)}`,
              },
              { id: 'rows', title: 'Rows', end: true, show: (bin) => formatNumber(bin.rows) },
            ]}
          />
        }
      />
    </div>
  );
}
