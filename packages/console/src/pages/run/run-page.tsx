import type { Run } from '@slipway/contract';
import { getRouteApi, Link } from '@tanstack/react-router';
import { livelyWhile, useOperation } from '../../data/index.ts';
import { isRecord, RecordFacts } from '../../parts/facts.tsx';
import { LearningCurves } from '../../parts/learning-curves.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Metrics } from '../../parts/metrics.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHead, Panel } from '../../parts/page.tsx';
import { RunsTable } from '../../parts/runs-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { StopSearchButton } from '../../parts/stop-search-button.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { usePickedRuns } from '../../parts/use-picked-runs.tsx';
import { ValidationReport } from '../../parts/validation/validation-report.tsx';
import { formatNumber, formatSeconds } from '../../words/index.ts';

const route = getRouteApi('/runs/$id');

/** One training with its trials. */
export function RunPage() {
  const { id } = route.useParams();
  const run = useOperation(
    'runs.get',
    { params: { id } },
    { again: (answer) => livelyWhile(answer?.state === 'running') },
  );
  const [sort, setSort] = useAddress('sort');
  const picked = usePickedRuns();
  return (
    <Loaded query={run} title="Run">
      {(answer) => (
        <>
          <PageHead title={answer.name} about={<About run={answer} />} actions={<Actions run={answer} />} />
          <Panel title="Metrics">
            <Metrics metrics={answer.metrics} />
          </Panel>
          <Panel title="Parameters">
            {Object.keys(answer.params).length === 0 ? (
              <p>None were told.</p>
            ) : (
              <RecordFacts record={answer.params} />
            )}
          </Panel>
          {answer.curves.length === 0 ? null : (
            <Panel title="Learning curves" about="loss on rows held out, one curve for each fold">
              <LearningCurves curves={answer.curves} />
            </Panel>
          )}
          {answer.trials.length === 0 ? null : (
            <Panel title="Trials" about={`${answer.trials.length} tried`}>
              <p>{picked.compare}</p>
              <RunsTable
                caption="Trials"
                runs={answer.trials}
                sort={sort}
                onSort={setSort}
                link={(trial) => <TrialLink trial={trial} />}
                pick={picked.box}
                params
              />
            </Panel>
          )}
          {isRecord(answer.report) && Object.keys(answer.report).length > 0 ? (
            <Panel title="Validation">
              <ValidationReport report={answer.report} />
            </Panel>
          ) : null}
        </>
      )}
    </Loaded>
  );
}

function Actions({ run }: { run: Run }) {
  return (
    <>
      {run.state === 'running' && run.parentId === null ? <StopSearchButton run={run.id} /> : null}
      <Origins run={run} />
    </>
  );
}

function TrialLink({ trial }: { trial: Run }) {
  return (
    <Link to="/runs/$id" params={{ id: trial.id }}>
      {trial.name}
    </Link>
  );
}

function About({ run }: { run: Run }) {
  return (
    <>
      <StateMark state={run.state} />
      {run.learner === null ? null : <span>{run.learner}</span>}
      <span>
        predicts <code>{run.target}</code> ({run.task})
      </span>
      <span>
        began <Moment at={run.startedAt} />
      </span>
      {run.seconds === null ? null : <span>took {formatSeconds(run.seconds)}</span>}
      {run.rows === null ? null : <span>{formatNumber(run.rows)} rows learned from</span>}
      {run.why === null ? null : <span>tried because: {run.why}</span>}
      {run.says === null ? null : <span>{run.says}</span>}
    </>
  );
}

function Origins({ run }: { run: Run }) {
  return (
    <>
      <Link
        to="/datasets/$name"
        params={{ name: run.dataset }}
        search={{ version: String(run.datasetVersion) }}
      >
        Dataset
      </Link>
      {run.parentId === null ? null : (
        <Link to="/runs/$id" params={{ id: run.parentId }}>
          Run it is a trial of
        </Link>
      )}
      {run.pipelineRunId === null ? null : (
        <Link to="/pipeline-runs/$id" params={{ id: run.pipelineRunId }}>
          Pipeline run
        </Link>
      )}
    </>
  );
}
