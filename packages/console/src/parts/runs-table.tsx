import { ownValue, type Run } from '@slipway/contract';
import type { ReactNode } from 'react';
import { formatFact, formatMetric, formatSeconds, nameInWords } from '../words/index.ts';
import { DataTable, type TableColumn } from './data-table.tsx';
import { Moment } from './moment.tsx';
import type { SortValue } from './sort-rows.ts';
import { StateMark } from './state-mark.tsx';

type RunsTableProps = {
  caption: string;
  runs: readonly Run[];
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  link: (run: Run) => ReactNode;
  /** A box to tick for comparison. */
  pick?: (id: string) => ReactNode;
  /** Also a column for each parameter that differs between the runs. */
  params?: boolean;
};

const METRICS_SHOWN = 6;

/** Runs with a column for each metric, sortable. */
export function RunsTable(props: RunsTableProps) {
  const metrics = keysOf(props.runs.map((run) => run.metrics)).slice(0, METRICS_SHOWN);
  const params = props.params ? differing(props.runs) : [];
  return (
    <DataTable
      caption={props.caption}
      rows={props.runs}
      rowKey={(run) => run.id}
      sort={props.sort}
      onSort={props.onSort}
      columns={[
        { id: 'name', title: 'Run', show: props.link, sortBy: (run) => run.name },
        ...(props.pick === undefined ? [] : [pickColumn(props.pick)]),
        {
          id: 'state',
          title: 'State',
          show: (run) => <StateMark state={run.state} />,
          sortBy: (run) => run.state,
        },
        { id: 'learner', title: 'Learner', show: (run) => run.learner ?? '—', sortBy: (run) => run.learner },
        ...metrics.map(metricColumn),
        ...params.map(paramColumn),
        ...(props.params ? [whyColumn] : []),
        {
          id: 'data',
          title: 'Dataset',
          show: (run) => `${run.dataset} ${run.datasetVersion}`,
          sortBy: (run) => run.dataset,
        },
        {
          id: 'seconds',
          title: 'Took',
          end: true,
          show: (run) => (run.seconds === null ? '—' : formatSeconds(run.seconds)),
          sortBy: (run) => run.seconds,
        },
        {
          id: 'started',
          title: 'Began',
          show: (run) => <Moment at={run.startedAt} />,
          sortBy: (run) => run.startedAt,
        },
      ]}
    />
  );
}

function pickColumn(pick: (id: string) => ReactNode): TableColumn<Run> {
  return { id: 'pick', title: 'Compare', show: (run) => pick(run.id) };
}

const whyColumn: TableColumn<Run> = {
  id: 'why',
  title: 'Why',
  show: (run) => run.says ?? run.why ?? '—',
  sortBy: (run) => run.why,
};

function metricColumn(metric: string): TableColumn<Run> {
  return {
    id: `metric:${metric}`,
    title: nameInWords(metric),
    end: true,
    show: (run) => formatMetric(ownValue(run.metrics, metric) ?? Number.NaN),
    sortBy: (run) => ownValue(run.metrics, metric),
  };
}

function paramColumn(param: string): TableColumn<Run> {
  return {
    id: `param:${param}`,
    title: param,
    end: true,
    show: (run) => formatFact('', ownValue(run.params, param)),
    sortBy: (run) => sortable(ownValue(run.params, param)),
  };
}

function sortable(value: unknown): SortValue {
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

function keysOf(records: readonly Record<string, unknown>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}

function differing(runs: readonly Run[]): string[] {
  return keysOf(runs.map((run) => run.params)).filter(
    (key) => new Set(runs.map((run) => JSON.stringify(ownValue(run.params, key)))).size > 1,
  );
}
