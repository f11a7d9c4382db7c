import { formatMetric, formatNumber } from '../../words/index.ts';
import { DataTable } from '../data-table.tsx';
import { Figure, Fold } from '../figure.tsx';
import bars from '../importance.module.css';
import css from './classification-view.module.css';
import { DependencePicture } from './dependence-picture.tsx';
import type { Dependence, Explanation } from './read-explanation.ts';

/** What the model relies on, in rows it was never trained on. */
export function ExplanationView({ found }: { found: Explanation }) {
  return (
    <>
      <h3>What it relies on</h3>
      <Shuffled {...found.importance} />
      <Fold
        title={`Mean size of what each column adds to the margin (SHAP, ${formatNumber(found.attribution.rows)} rows)`}
      >
        <Attribution columns={found.attribution.columns} />
      </Fold>
      <div className={css.figures}>
        {found.dependence.columns.map((one) => (
          <DependenceFigure key={one.column} found={one} outputs={found.dependence.outputs} />
        ))}
      </div>
    </>
  );
}

const LOSS = new Map(Object.entries({ rmse: 'RMSE', 'log-loss': 'log loss' }));

function Shuffled({ metric, rows, shuffles, columns }: Explanation['importance']) {
  const most = Math.max(0, ...columns.map(({ rise }) => rise));
  return (
    <>
      <p>
        How much the {LOSS.get(metric) ?? metric} rises when a column is shuffled among {formatNumber(rows)}{' '}
        rows ({shuffles} times). It says what the model relies on, not what causes the outcome.
      </p>
      <DataTable
        caption="Permutation importance"
        narrow
        rows={columns}
        rowKey={({ column }) => column}
        columns={[
          { id: 'column', title: 'Column', show: ({ column }) => column },
          { id: 'rise', title: 'Rise', end: true, show: ({ rise }) => formatMetric(rise) },
          {
            id: 'spread',
            title: 'Standard deviation',
            end: true,
            show: ({ standardDeviation }) => formatMetric(standardDeviation),
          },
          {
            id: 'bar',
            title: <span className="visually-hidden">As a bar</span>,
            show: ({ rise }) => <Bar share={most > 0 ? rise / most : 0} />,
          },
        ]}
      />
    </>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <svg className={bars.bar} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect width={share > 0 ? Math.max(0.5, share * 100) : 0} height="10" />
    </svg>
  );
}

function Attribution({ columns }: { columns: Explanation['attribution']['columns'] }) {
  return (
    <DataTable
      caption="Mean attribution by column"
      narrow
      rows={columns}
      rowKey={({ column }) => column}
      columns={[
        { id: 'column', title: 'Column', show: ({ column }) => column },
        { id: 'mean', title: 'Mean size', end: true, show: ({ meanAbsolute }) => formatMetric(meanAbsolute) },
      ]}
    />
  );
}

function DependenceFigure({ found, outputs }: { found: Dependence; outputs: readonly string[] }) {
  const title = `Answer by ${found.column}`;
  return (
    <div className={css.figure}>
      <h3>{title}</h3>
      <Figure
        picture={
          <DependencePicture
            found={found}
            outputs={outputs}
            label={`${title}: the mean answer as ${found.column} changes and all else stays`}
          />
        }
        caption={captionOf(outputs)}
        table={
          <DataTable
            caption={title}
            narrow
            rows={found.points}
            rowKey={({ value }) => String(value)}
            columns={[
              { id: 'value', title: found.column, show: ({ value }) => String(value) },
              ...outputs.map((output, k) => ({
                id: `mean:${output}`,
                title: output,
                end: true,
                show: ({ mean }: Dependence['points'][number]) => formatMetric(mean[k] ?? Number.NaN),
              })),
            ]}
          />
        }
      />
    </div>
  );
}

function captionOf(outputs: readonly string[]): string {
  return outputs.length === 1
    ? `Mean of ${outputs[0]}; the dashes hold eight tenths of the rows.`
    : `A line for each of ${outputs.length} classes.`;
}
