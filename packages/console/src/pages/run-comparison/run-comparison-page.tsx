import type { Run, RunComparison } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { useOperation } from '../../data/index.ts';
import { DataTable, type TableColumn } from '../../parts/data-table.tsx';
import { LearningCurves } from '../../parts/learning-curves.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, PageHead, Panel } from '../../parts/page.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { formatFact, formatMetric, nameInWords } from '../../words/index.ts';

/** Runs side by side: what they were given, what they reached, and how they got there. */
export function RunComparisonPage() {
  const [ids] = useAddress('ids');
  const found = useOperation('runs.compare', { query: { ids: ids ?? '' } }, { enabled: ids !== undefined });
  if (ids === undefined) {
    return (
      <Empty title="No runs to compare.">
        <p>
          Tick two or more in the <Link to="/runs">list of runs</Link>.
        </p>
      </Empty>
    );
  }
  return (
    <Loaded query={found} title="Comparison of runs">
      {(comparison) => (
        <>
          <PageHead title="Comparison of runs" about={`${comparison.runs.length} side by side`} />
          <Panel title="Metrics">
            <Metrics comparison={comparison} />
          </Panel>
          <Panel title="Parameters" about="those that differ first">
            <Parameters comparison={comparison} />
          </Panel>
          {comparison.curves.some((curves) => curves.length > 0) ? (
            <Panel title="Learning curves" about="of the first fold of each">
              <LearningCurves curves={firstCurves(comparison)} caption="Learning curves of the runs" />
            </Panel>
          ) : null}
        </>
      )}
    </Loaded>
  );
}

function Metrics(props: { comparison: RunComparison }) {
  const { runs, metrics } = props.comparison;
  return (
    <DataTable
      caption="Metrics by run"
      rows={metrics}
      rowKey={(metric) => metric.name}
      columns={[
        { id: 'metric', title: 'Metric', show: (metric) => nameInWords(metric.name) },
        ...runs.map((run, place): TableColumn<RunComparison['metrics'][number]> => {
          return {
            id: run.id,
            title: <RunTitle run={run} />,
            end: true,
            show: ({ values, best }) => {
              const text = formatMetric(values[place] ?? Number.NaN);
              return place === best ? <strong>{text} best</strong> : text;
            },
          };
        }),
      ]}
    />
  );
}

function Parameters(props: { comparison: RunComparison }) {
  const { runs, params } = props.comparison;
  return (
    <DataTable
      caption="Parameters by run"
      rows={params.toSorted((a, b) => Number(b.differs) - Number(a.differs))}
      rowKey={(param) => param.name}
      isCurrent={(param) => param.differs}
      columns={[
        { id: 'param', title: 'Parameter', show: (param) => param.name },
        ...runs.map((run, place): TableColumn<RunComparison['params'][number]> => {
          return {
            id: run.id,
            title: <RunTitle run={run} />,
            end: true,
            show: ({ values }) => (values[place] === null ? '—' : formatFact('', values[place])),
          };
        }),
      ]}
    />
  );
}

function RunTitle(props: { run: Run }) {
  return (
    <Link to="/runs/$id" params={{ id: props.run.id }}>
      {props.run.name}
    </Link>
  );
}

function firstCurves({ runs, curves }: RunComparison) {
  return curves.flatMap((own, place) =>
    own[0] === undefined ? [] : [{ ...own[0], name: runs[place]!.name }],
  );
}
