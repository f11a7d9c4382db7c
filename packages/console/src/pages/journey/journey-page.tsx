import { type Journey, whyNotAcceptable } from '@slipway/contract';
import { getRouteApi, Link } from '@tanstack/react-router';
import { livelyWhile, useChange, useOperation } from '../../data/index.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { FailureNotice, Notice } from '../../parts/notice.tsx';
import { PageHead, Panel } from '../../parts/page.tsx';
import { StageRail } from '../../parts/stage-rail.tsx';
import { stagesInOrder, stageToShow } from '../../parts/stages-in-order.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatSeconds } from '../../words/index.ts';
import { AcceptButton } from './accept-button.tsx';
import { StagePanel } from './stage-panel.tsx';

const route = getRouteApi('/journeys/$id');

/** One journey: its rail, the stage looked at, and what came of it all. */
export function JourneyPage() {
  const { id } = route.useParams();
  const journey = useOperation(
    'journeys.get',
    { params: { id }, query: {} },
    { again: (answer) => livelyWhile(answer?.state === 'running') },
  );
  return (
    <Loaded query={journey} title="Journey">
      {(answer) => <JourneyView journey={answer} />}
    </Loaded>
  );
}

function JourneyView({ journey }: { journey: Journey }) {
  const { stage: asked } = route.useSearch();
  const stages = stagesInOrder(journey.stages);
  const shown = stages.find((stage) => stage.stage === asked) ?? stageToShow(stages) ?? stages[0];
  return (
    <>
      <PageHead
        title={`${journey.name}: ${journey.kind === 'ship' ? 'journey' : 'retraining'}`}
        about={
          <>
            <StateMark state={journey.state} />
            <span>
              target <code>{journey.target}</code>
              {journey.task === null ? '' : `, ${journey.task}`}
            </span>
            <span>
              began <Moment at={journey.createdAt} />
            </span>
            <span>{took(journey)}</span>
            <span>
              by {journey.by}
              {journey.reason === null ? '' : `: ${journey.reason}`}
            </span>
          </>
        }
        actions={
          journey.state === 'running' ? <CancelButton journey={journey} /> : <Outcome journey={journey} />
        }
      />
      <Panel title="Stages">
        <StageRail
          journeyId={journey.id}
          stages={stages}
          {...(shown === undefined ? {} : { current: shown.stage })}
        />
        {journey.failure === null ? null : <FailureNotice failure={journey.failure} />}
        {journey.result === null ? null : (
          <Notice state={journey.result.promoted ? 'done' : 'refused'} title={journey.result.verdict} />
        )}
      </Panel>
      {shown === undefined ? null : <StagePanel journey={journey} stage={shown} />}
    </>
  );
}

function took(journey: Journey): string {
  if (journey.endedAt === null) return 'still running';
  return `took ${formatSeconds(Math.max(0, Date.parse(journey.endedAt) - Date.parse(journey.createdAt)) / 1000)}`;
}

function Outcome({ journey }: { journey: Journey }) {
  const { result } = journey;
  if (result === null) return null;
  return (
    <>
      {whyNotAcceptable(journey) === undefined ? <AcceptButton journey={journey} /> : null}
      <Link
        to="/datasets/$name"
        params={{ name: result.dataset.name }}
        search={{ version: String(result.dataset.version) }}
      >
        Dataset
      </Link>
      <Link
        to="/models/$name"
        params={{ name: result.model.name }}
        search={{ version: String(result.model.version) }}
      >
        Model
      </Link>
      {result.endpoint === null ? null : (
        <Link to="/endpoints/$name" params={{ name: result.endpoint.name }}>
          Endpoint
        </Link>
      )}
    </>
  );
}

function CancelButton({ journey }: { journey: Journey }) {
  const cancel = useChange('journeys.cancel');
  return (
    <ConfirmButton
      action="Stop the journey"
      title="Stop this journey?"
      danger
      onConfirm={() => cancel.mutateAsync({ params: { id: journey.id } })}
    >
      <p>What is finished stays; the stages that have not begun are left out. It cannot be taken up again.</p>
    </ConfirmButton>
  );
}
