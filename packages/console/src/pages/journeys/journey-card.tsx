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
import type { JourneyGroup } from './group-journeys.ts';
import css from './journeys.module.css';
import { EarlierJourneys, StagesTable } from './stages-table.tsx';

type JourneyCardProps = {
  group: JourneyGroup;
  endpoint: EndpointSummary | undefined;
  alerts: readonly Alert[];
};

/** One model: how its latest journey goes, and what stands at the end of it. */
export function JourneyCard({ group, endpoint, alerts }: JourneyCardProps) {
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
          <Link to="/journeys/$id" params={{ id: latest.id }} aria-label={`Journey of ${group.name}`}>
            Details
          </Link>
        </>
      }
    >
      <StageRail journeyId={latest.id} stages={stages} />
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
        <StagesTable journey={latest} />
      </Fold>
      {earlier.length === 0 ? null : <EarlierJourneys journeys={earlier} />}
    </Panel>
  );
}

function outcome(group: JourneyGroup, endpoint: EndpointSummary | undefined, alerts: readonly Alert[]) {
  const result = [group.latest, ...group.earlier].find((journey) => journey.result !== null)?.result;
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
