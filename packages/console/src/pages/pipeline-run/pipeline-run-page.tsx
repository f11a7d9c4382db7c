import { type PipelineRun, whyNotAcceptable } from '@slipway/contract';
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

const route = getRouteApi('/pipeline-runs/$id');

/** One pipeline run: its rail, the stage looked at, and what came of it all. */
export function PipelineRunPage() {
  const { id } = route.useParams();
  const pipelineRun = useOperation(
    'pipelineRuns.get',
    { params: { id }, query: {} },
    { again: (answer) => livelyWhile(answer?.state === 'running') },
  );
  return (
    <Loaded query={pipelineRun} title="Pipeline run">
      {(answer) => <PipelineRunView pipelineRun={answer} />}
    </Loaded>
  );
}

function PipelineRunView({ pipelineRun }: { pipelineRun: PipelineRun }) {
  const { stage: asked } = route.useSearch();
  const stages = stagesInOrder(pipelineRun.stages);
  const shown = stages.find((stage) => stage.stage === asked) ?? stageToShow(stages) ?? stages[0];
  return (
    <>
      <PageHead
        title={`${pipelineRun.name}: ${pipelineRun.kind === 'ship' ? 'pipeline run' : 'retraining'}`}
        about={
          <>
            <StateMark state={pipelineRun.state} />
            <span>
              target <code>{pipelineRun.target}</code>
              {pipelineRun.task === null ? '' : `, ${pipelineRun.task}`}
            </span>
            <span>
              began <Moment at={pipelineRun.createdAt} />
            </span>
            <span>{took(pipelineRun)}</span>
            <span>
              by {pipelineRun.by}
              {pipelineRun.reason === null ? '' : `: ${pipelineRun.reason}`}
            </span>
          </>
        }
        actions={
          pipelineRun.state === 'running' ? (
            <CancelButton pipelineRun={pipelineRun} />
          ) : (
            <Outcome pipelineRun={pipelineRun} />
          )
        }
      />
      <Panel title="Stages">
        <StageRail
          pipelineRunId={pipelineRun.id}
          stages={stages}
          {...(shown === undefined ? {} : { current: shown.stage })}
        />
        {pipelineRun.failure === null ? null : <FailureNotice failure={pipelineRun.failure} />}
        {pipelineRun.result === null ? null : (
          <Notice
            state={pipelineRun.result.promoted ? 'done' : 'refused'}
            title={pipelineRun.result.verdict}
          />
        )}
      </Panel>
      {shown === undefined ? null : <StagePanel pipelineRun={pipelineRun} stage={shown} />}
    </>
  );
}

function took(pipelineRun: PipelineRun): string {
  if (pipelineRun.endedAt === null) return 'still running';
  return `took ${formatSeconds(Math.max(0, Date.parse(pipelineRun.endedAt) - Date.parse(pipelineRun.createdAt)) / 1000)}`;
}

function Outcome({ pipelineRun }: { pipelineRun: PipelineRun }) {
  const { result } = pipelineRun;
  if (result === null) return null;
  return (
    <>
      {whyNotAcceptable(pipelineRun) === undefined ? <AcceptButton pipelineRun={pipelineRun} /> : null}
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

function CancelButton({ pipelineRun }: { pipelineRun: PipelineRun }) {
  const cancel = useChange('pipelineRuns.cancel');
  return (
    <ConfirmButton
      action="Stop the pipeline run"
      title="Stop this pipeline run?"
      danger
      onConfirm={() => cancel.mutateAsync({ params: { id: pipelineRun.id } })}
    >
      <p>What is finished stays; the stages that have not begun are left out. It cannot be taken up again.</p>
    </ConfirmButton>
  );
}
