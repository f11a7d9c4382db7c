import type { Journey, JourneyStage, ShipResult, Stage } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Command } from '../../parts/command.tsx';
import { RecordFacts } from '../../parts/facts.tsx';
import { Gates } from '../../parts/gates.tsx';
import { Leaderboard } from '../../parts/leaderboard.tsx';
import { Metrics } from '../../parts/metrics.tsx';
import { Optimization } from '../../parts/optimization.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatSeconds } from '../../words/index.ts';
import css from './stage-panel.module.css';

/** What a stage shows of the journey's result, and the facts that say the same in another form. */
type StageView = { show: (result: ShipResult) => ReactNode; instead: string[] };

const VIEWS: Partial<Record<Stage, StageView>> = {
  train: { show: (result) => <Leaderboard entries={result.leaderboard} />, instead: ['leaderboard'] },
  validate: { show: showValidation, instead: ['gates', 'metrics'] },
  optimize: { show: (result) => <Optimization record={result.optimization} />, instead: ['before', 'after'] },
  serve: { show: showEndpoint, instead: ['endpoint'] },
};

/** What one stage says, found and made. */
export function StagePanel(props: { journey: Journey; stage: JourneyStage }) {
  const { stage, journey } = props;
  const view = journey.result === null ? undefined : VIEWS[stage.stage];
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
      {view === undefined || journey.result === null ? null : view.show(journey.result)}
    </Panel>
  );
}

const SILENT: Record<JourneyStage['state'], string> = {
  waiting: 'Its turn has not come yet.',
  running: 'At work.',
  done: 'Done; it left no words.',
  failed: 'It failed; the reason stands above.',
  skipped: 'Not needed on this journey.',
};

function showValidation(result: ShipResult) {
  return (
    <>
      <h3>Gates</h3>
      <Gates gates={result.gates} />
      <h3>Metrics</h3>
      <Metrics metrics={result.metrics.all} primary={result.metrics.primary.name} />
    </>
  );
}

function showEndpoint(result: ShipResult) {
  if (result.endpoint === null) return null;
  return (
    <>
      <Command text={result.endpoint.url} label="Address of the endpoint" />
      <p>
        <Link to="/endpoints/$name" params={{ name: result.endpoint.name }}>
          How to call it
        </Link>
      </p>
    </>
  );
}
