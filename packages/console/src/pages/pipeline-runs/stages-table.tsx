import type { PipelineRun } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { DataTable } from '../../parts/data-table.tsx';
import { Fold } from '../../parts/figure.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { stagesInOrder } from '../../parts/stages-in-order.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatSeconds } from '../../words/index.ts';
import css from './pipeline-runs.module.css';

/** The rail as a table, with what each stage says. */
export function StagesTable(props: { pipelineRun: PipelineRun }) {
  return (
    <DataTable
      caption={`Stages of the pipeline run of ${props.pipelineRun.name}`}
      rows={stagesInOrder(props.pipelineRun.stages)}
      rowKey={(stage) => stage.stage}
      columns={[
        { id: 'stage', title: 'Stage', show: (stage) => stage.stage },
        { id: 'state', title: 'State', show: (stage) => <StateMark state={stage.state} /> },
        {
          id: 'seconds',
          title: 'Took',
          end: true,
          show: (stage) => (stage.seconds === null ? '—' : formatSeconds(stage.seconds)),
        },
        {
          id: 'says',
          title: 'Message',
          show: (stage) => <Sentence>{stage.says ?? '—'}</Sentence>,
        },
      ]}
    />
  );
}

/** The pipeline runs of the same model before the one shown. */
export function EarlierPipelineRuns(props: { pipelineRuns: readonly PipelineRun[] }) {
  return (
    <Fold title={`Earlier pipeline runs (${props.pipelineRuns.length})`}>
      <ul className={css.earlier}>
        {props.pipelineRuns.map((pipelineRun) => (
          <li key={pipelineRun.id}>
            <StateMark state={pipelineRun.state} />
            <Link to="/pipeline-runs/$id" params={{ id: pipelineRun.id }}>
              {pipelineRun.kind} <Moment at={pipelineRun.createdAt} />
            </Link>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
