import type { PipelineRun, PipelineRunStage } from '@slipway/contract';
import { RecordFacts } from '../../parts/facts.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatSeconds } from '../../words/index.ts';
import css from './stage-panel.module.css';
import { STAGE_VIEWS } from './stage-views.tsx';

/** What one stage says, found and made. */
export function StagePanel(props: { pipelineRun: PipelineRun; stage: PipelineRunStage }) {
  const { stage, pipelineRun } = props;
  const view = STAGE_VIEWS[stage.stage];
  const hasMade = stage.state === 'done' || Object.keys(stage.facts).length > 0;
  return (
    <Panel
      title={stage.stage}
      about={
        <Row>
          <StateMark state={stage.state} />
          {stage.seconds === null ? null : <span>took {formatSeconds(stage.seconds)}</span>}
        </Row>
      }
    >
      {stage.says === null ? <p className={css.quiet}>{SILENT[stage.state]}</p> : <p>{stage.says}</p>}
      {stage.state === 'running' && stage.progress !== null ? (
        <progress className={css.progress} value={stage.progress} aria-label={`Progress of ${stage.stage}`} />
      ) : null}
      <RecordFacts record={stage.facts} leaveOut={view?.instead ?? []} />
      {view !== undefined && hasMade ? view.show(stage.facts, pipelineRun.result) : null}
    </Panel>
  );
}

const SILENT: Record<PipelineRunStage['state'], string> = {
  waiting: 'Its turn has not come yet.',
  running: 'At work.',
  done: 'Done; it left no words.',
  failed: 'It failed; the reason stands above.',
  skipped: 'Not needed on this pipeline run.',
};
