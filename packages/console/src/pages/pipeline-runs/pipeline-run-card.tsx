import type { Alert, EndpointSummary } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { Facts } from '../../parts/facts.tsx';
import { Fold } from '../../parts/figure.tsx';
import { Moment } from '../../parts/moment.tsx';
import { FailureNotice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/page.tsx';
import { StageRail } from '../../parts/stage-rail.tsx';
import { stagesInOrder, stageToShow } from '../../parts/stages-in-order.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatNumber, nameInWords } from '../../words/index.ts';
import type { PipelineRunGroup } from './group-pipeline-runs.ts';
import css from './pipeline-runs.module.css';
import { EarlierPipelineRuns, StagesTable } from './stages-table.tsx';

type PipelineRunCardProps = {
  group: PipelineRunGroup;
  endpoint: EndpointSummary | undefined;
  alerts: readonly Alert[];
};

/** One model: how its latest pipeline run goes, and what stands at the end of it. */
export function PipelineRunCard({ group, endpoint, alerts }: PipelineRunCardProps) {
  const { latest, earlier } = group;
  const stages = stagesInOrder(latest.stages);
  const shown = stageToShow(stages);
  return (
    <Panel
      title={group.name}
      about={
        <>
          {latest.kind === 'retrain' ? 'retraining' : 'predicts'} <code>{latest.target}</code>
          {latest.task === null ? '' : ` · ${latest.task}`} · <Moment at={latest.createdAt} />
        </>
      }
      actions={
        <>
          <StateMark state={latest.state} />
          <Link
            to="/pipeline-runs/$id"
            params={{ id: latest.id }}
            aria-label={`Pipeline run of ${group.name}`}
          >
            Details
          </Link>
        </>
      }
    >
      <StageRail pipelineRunId={latest.id} stages={stages} />
      <p className={css.says} aria-live={latest.state === 'running' ? 'polite' : 'off'}>
        {latest.result?.verdict ??
          (shown?.says ? (
            <>
              <b>{shown.stage}</b> {shown.says}
            </>
          ) : null)}
      </p>
      {latest.failure === null ? null : <FailureNotice failure={latest.failure} />}
      <Facts entries={outcome(group, endpoint, alerts)} />
      <Fold title="What each stage found and made">
        <StagesTable pipelineRun={latest} />
      </Fold>
      {earlier.length === 0 ? null : <EarlierPipelineRuns pipelineRuns={earlier} />}
    </Panel>
  );
}

function outcome(group: PipelineRunGroup, endpoint: EndpointSummary | undefined, alerts: readonly Alert[]) {
  const result = [group.latest, ...group.earlier].find((pipelineRun) => pipelineRun.result !== null)?.result;
  const worst = alerts.find((alert) => alert.severity === 'critical') ?? alerts[0];
  return [
    {
      name: 'Model',
      value: result ? (
        <Link to="/models/$name" params={{ name: result.model.name }}>
          {result.model.name} version {result.model.version}
        </Link>
      ) : (
        'none yet'
      ),
    },
    {
      name: result ? nameInWords(result.metrics.primary.name) : 'Quality',
      value: result ? formatNumber(result.metrics.primary.value) : '—',
    },
    {
      name: 'Endpoint',
      value:
        endpoint === undefined ? (
          'none yet'
        ) : (
          <span className={css.endpoint}>
            <StateMark state={endpoint.state} />
            <Link to="/endpoints/$name" params={{ name: endpoint.name }}>
              version {endpoint.version}
            </Link>
          </span>
        ),
    },
    {
      name: 'Open alerts',
      value:
        worst === undefined ? (
          'none'
        ) : (
          <Link to="/endpoints/$name" params={{ name: group.name }} search={{ tab: 'monitor' }}>
            <StateMark state={worst.severity}>
              {alerts.length} {alerts.length === 1 ? worst.severity : 'open'}
            </StateMark>
          </Link>
        ),
    },
  ];
}
